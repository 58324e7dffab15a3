/**
 * @file Every CSV file that telltale writes, read by pandas and R: the same cells, text that no spreadsheet takes for a
 * formula, and numbers that are numbers. A module that writes cells and has no case here is a failure.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { tableFile } from '../packages/app/src/export/table.ts';
import { reviewed } from '../packages/app/src/export/reviewed.ts';
import { agreementCsv } from '../packages/cli/src/agree/table.ts';
import { csvLines } from '../packages/cli/src/analyze/tables.ts';
import { failedCsv } from '../packages/cli/src/dataset/prepare-sheets.ts';
import { sheetBytes } from '../packages/cli/src/synth/sheet-write.ts';
import { agreement } from '../packages/core/src/agreement/index.ts';
import { textOfCell } from '../packages/core/src/base/csv-cell.ts';
import { parseCsv } from '../packages/core/src/datasets/csv.ts';
import { parseFlowFolder } from '../packages/core/src/datasets/flow-folder.ts';
import { spottedCsv } from '../packages/core/src/evaluate/spotting/video-record.ts';
import { predictionsCsv } from '../packages/core/src/evaluate/tables/predictions.ts';
import { sheetText } from '../packages/core/src/prepare/sheet.ts';
import { reportCsv } from '../packages/core/src/report/csv.ts';
import { reviewOf } from '../packages/core/src/report/index.ts';
import { sampleReport } from './sample-report.ts';

/** Texts that spreadsheets evaluate, and that CSV readers trip over. */
const TEXTS = [
  ...['=1+1', '+x', '-2', '@SUM(A1)', '\tq', "'=z", "''", 'of "a", b; c', 'two\nlines', '情绪'],
  ...['007', '1e5', 'TRUE', 'NA', '-', '1,5', ' x ', '#a', 'a\\'],
];
const name = (i: number): string => `${TEXTS[i % TEXTS.length]!}${i < TEXTS.length ? '' : i}`;

const report = {
  ...sampleReport(),
  clip: { ...sampleReport().clip, name: '=cmd|"/c calc"!A1.mp4' },
  expressions: TEXTS.map((text, i) => ({
    ...sampleReport().expressions[i % sampleReport().expressions.length]!,
    verdict: text,
  })),
};

/** What each module writes, by its path, and columns that are numbers. */
const WRITERS: Readonly<
  Record<
    string,
    { readonly text: () => string | Promise<string>; readonly numbers: readonly string[] }
  >
> = {
  'core/src/report/csv.ts': {
    text: () => reportCsv(report),
    numbers: ['number', 'onset_frame', 'apex_time', 'duration', 'confidence', 'movement_chin'],
  },
  'app/src/export/table.ts': {
    text: () => {
      const { events } = reviewOf(report);
      const labeled = events.map((one, i) => ({ ...one, label: name(i), comment: name(i + 3) }));
      const file = { report, review: { events: labeled }, measurements: [] };
      return tableFile(reviewed(file)).replace(/^\uFEFF/, ''); // the mark is for spreadsheets
    },
    numbers: ['number', 'onset_frame', 'confidence'],
  },
  'cli/src/analyze/tables.ts': {
    text: async () => {
      async function* rows(): AsyncGenerator<(string | number | undefined)[]> {
        for (const [i, text] of TEXTS.entries())
          yield await Promise.resolve([text, i % 3 === 0 ? undefined : -i / 4]);
      }
      let text = '';
      for await (const line of csvLines(['clip', 'duration'], rows())) text += line;
      return text;
    },
    numbers: ['duration'],
  },
  'cli/src/agree/table.ts': {
    text: () => {
      const coder = (who: string, shift: number) => ({
        name: who,
        clips: TEXTS.map((clip, i) => ({
          clip,
          duration: 9,
          events: [{ onset: i / 9 + shift, offset: i / 9 + 1, label: name(i) }],
        })),
      });
      return agreementCsv(agreement([coder('=anna', 0), coder('ben, "b"', 0.1)], { samples: 20 }));
    },
    numbers: ['value', 'low', 'high', 'pairs', 'first', 'second'],
  },
  'cli/src/dataset/prepare-sheets.ts': {
    text: () =>
      failedCsv(
        TEXTS.map(
          (text, i) =>
            ({
              dataset: 'x',
              subject: text,
              clip: name(i + 1),
              code: 'FILE_MISSING',
              message: name(i + 2),
            }) as never,
        ),
      ),
    numbers: [],
  },
  'core/src/prepare/sheet.ts': {
    text: () => sheetText(prepared),
    numbers: ['onset_frame', 'apex_frame', 'offset_frame', 'frames_per_second'],
  },
  'core/src/evaluate/tables/predictions.ts': {
    text: () =>
      predictionsCsv(
        TEXTS.map((text, i) => ({
          sample: {
            id: `${i}`,
            dataset: '@d',
            subject: `@d/${text}`,
            clip: name(i + 1),
            emotion: '-x',
            file: 'x',
          },
          probabilities: [i / 40, 1 - i / 40],
        })),
        ['-x', '=y'],
      ),
    numbers: ["'-x", "'=y"],
  },
  'core/src/evaluate/spotting/video-record.ts': {
    text: () =>
      spottedCsv(
        TEXTS.map((text, i) => ({
          ...{
            schema: 'telltale.spotted/1',
            key: '',
            id: text,
            dataset: '=d',
            subject: `=d/${text}`,
            video: name(i + 1),
          },
          ...{ framesPerSecond: 30, numbers: [1, 2, 3, 4], curve: [], threshold: 1 },
          spotted: [{ kind: 'micro', onset: 1, apex: 2, offset: 3, score: 0.5 + i / 100 }],
        })),
      ),
    numbers: ['onset', 'apex', 'offset', 'onset_seconds', 'score'],
  },
  // Annotations as a laboratory would write them, for our own readers: the names are made by telltale.
  'cli/src/synth/sheet-write.ts': {
    text: async () => {
      const rows = [
        ['subject', 'onset', 'action units'],
        ...['p1', 'p2'].map((one, i) => [one, i, '4+L7']),
      ];
      return new TextDecoder().decode(
        await sheetBytes({ path: 'a.csv', sheets: [{ name: 'a', rows }] }),
      );
    },
    numbers: ['onset'],
  },
};
const prepared = TEXTS.map((text, i) => ({
  annotation: {
    ...{
      dataset: '=own',
      subject: text,
      clip: name(i + 1),
      folder: name(i + 2),
      emotion: '-happy',
    },
    ...{
      onset: i,
      offset: i + 9,
      framesPerSecond: 59.94,
      actionUnits: ['4'],
      kind: 'micro' as const,
    },
  },
  ...{ apex: i + 3, isFound: i % 2 === 0, flow: `clips/${i}/flow.png`, faces: {} },
}));

/** Modules that write CSV without `csvCell`: names of columns and numbers only, each with a test of its own. */
const ELSEWHERE = new Map([
  ['cli/src/analyze/frames-csv.ts', 'frames-csv.test.ts has pandas and R read both files'],
  ['cli/src/synth/flow-dataset.ts', 'names made by telltale; synthetic-datasets.test.ts reads it'],
]);
/** What they write cells with. */
const CELLS = ['core/src/base/csv-cell.ts', 'core/src/datasets/csv.ts', 'core/src/report/index.ts'];

it('every module that writes CSV has a case', () => {
  const packages = fileURLToPath(new URL('../packages/', import.meta.url));
  const writers = readdirSync(packages, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter(
      (path) => /^\w+\/src\/.*\.(?:ts|svelte)$/.test(path) && !/\.(?:test|cases)\.ts$/.test(path),
    )
    .filter((path) => {
      const text = readFileSync(join(packages, path), 'utf8');
      return (
        /\bcsv(?:Cell|Field)\b/.test(text) ||
        (/\.csv\b/.test(text) && /\.join\('[,;]'\)/.test(text) && /\\n`|\\n'/.test(text))
      );
    });
  const known = [...Object.keys(WRITERS), ...ELSEWHERE.keys(), ...CELLS];
  expect(writers.filter((path) => !known.includes(path))).toEqual([]);
  expect(known.filter((path) => !writers.includes(path))).toEqual([]);
});

it('a sheet of prepared clips is read back with the names as they were', () => {
  const clean = prepared.filter(
    ({ annotation }) =>
      annotation.subject.trim() === annotation.subject &&
      annotation.clip.trim() === annotation.clip,
  );
  const samples = parseFlowFolder(sheetText(clean));
  expect(samples.map(({ dataset, subject, clip }) => [dataset, subject, clip])).toEqual(
    clean.map(({ annotation: { subject, clip } }) => ['=own', `=own/${subject}`, clip]),
  );
});

const isNumber = (cell: string): boolean => /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/.test(cell);
const can = (program: string, ...words: string[]): boolean =>
  spawnSync(program, words).status === 0;
const noPandas = !can('/usr/bin/python3', '-c', 'import pandas');
const noR = !can('Rscript', '-e', 'library(jsonlite)');

const PANDAS = `import json, pandas as p, sys
def one(path):
    cells = p.read_csv(path, header=None, dtype=str, na_filter=False).values.tolist()
    typed = p.read_csv(path, float_precision='round_trip')
    return {'cells': cells, 'numbers': {c: [None if v != v else float(v) for v in typed[c]] for c in typed if typed[c].dtype.kind in 'iuf'}}
print(json.dumps([one(path) for path in sys.argv[1:]]))`;
const R = `library(jsonlite)
one <- function(path) {
  cells <- read.csv(path, header = FALSE, colClasses = "character", na.strings = character(0), encoding = "UTF-8")
  typed <- read.csv(path, check.names = FALSE, encoding = "UTF-8")
  list(cells = unname(as.matrix(cells)), numbers = as.list(typed[sapply(typed, is.numeric)]))
}
cat(toJSON(lapply(commandArgs(TRUE), one), digits = NA, na = "null", auto_unbox = FALSE))`;

describe('every file', () => {
  const room = mkdtempSync(join(tmpdir(), 'telltale-csv-'));
  afterAll(() => rmSync(room, { recursive: true }));
  const files: {
    readonly path: string;
    readonly cells: readonly (readonly string[])[];
    readonly numbers: readonly string[];
  }[] = [];
  beforeAll(async () => {
    for (const [i, { text, numbers }] of Object.values(WRITERS).entries()) {
      const path = join(room, `${i}.csv`);
      const content = await text();
      writeFileSync(path, content);
      files.push({ path, numbers, cells: parseCsv(content).map(({ fields }) => fields) });
    }
  });

  it('has numbers where they belong, and no text that starts like a formula', () => {
    expect(files).toHaveLength(Object.keys(WRITERS).length);
    for (const {
      path,
      cells: [header, ...rows],
      numbers,
    } of files) {
      for (const [i, column] of header!.entries()) {
        expect(column).not.toMatch(/^[=+\-@\t\r]/);
        for (const row of rows) {
          if (numbers.includes(column))
            expect(row[i], `${path} ${column}`).toSatisfy(
              (cell: string) => cell === '' || isNumber(cell),
            );
          else if (!isNumber(row[i]!))
            expect(row[i], `${path} ${column}`).not.toMatch(/^[=+\-@\t\r]/);
        }
      }
    }
  });

  it('has the texts as they were behind at most an apostrophe', () => {
    const all = new Set(files.flatMap(({ cells }) => cells.flat().map(textOfCell)));
    expect(TEXTS.filter((text) => !all.has(text))).toEqual([]);
  });

  function expectRead(output: string): void {
    const read = JSON.parse(output) as {
      cells: string[][];
      numbers: Record<string, (number | null)[]>;
    }[];
    expect(read).toHaveLength(files.length);
    for (const [i, { cells, numbers }] of files.entries()) {
      expect(read[i]!.cells).toEqual(cells);
      const [header, ...rows] = cells;
      for (const column of numbers) {
        const at = header!.indexOf(column);
        const values = rows.map((row) => (row[at] === '' ? null : Number(row[at])));
        expect(read[i]!.numbers[column], column).toEqual(values);
      }
    }
  }

  it.skipIf(noPandas)(
    'is read unchanged by pandas (skipped where python3-pandas is absent)',
    () => {
      expectRead(
        execFileSync('/usr/bin/python3', ['-c', PANDAS, ...files.map(({ path }) => path)], {
          encoding: 'utf8',
        }),
      );
    },
  );

  it.skipIf(noR)('is read unchanged by R (skipped where Rscript or jsonlite is absent)', () => {
    const env = { ...process.env, LC_ALL: 'C.UTF-8' };
    expectRead(
      execFileSync('Rscript', ['-e', R, ...files.map(({ path }) => path)], {
        encoding: 'utf8',
        env,
      }),
    );
  });
});
