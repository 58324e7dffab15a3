/**
 * @file Everything that telltale reads from files that others made: valid examples, how they are damaged, and what a
 * value that was read must fulfil.
 */
import { deepStrictEqual } from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { utils, write } from '@e965/xlsx';
import sharp from 'sharp';

import { eafFile } from '../../packages/app/src/export/eaf.ts';
import { readReviewFile, reviewFile } from '../../packages/app/src/export/review-file.ts';
import { reviewed } from '../../packages/app/src/export/reviewed.ts';
import { readCoder } from '../../packages/cli/src/agree/read.ts';
import { readPlan } from '../../packages/cli/src/evaluate/folder.ts';
import { cellsOf } from '../../packages/cli/src/io/excel-cells.ts';
import { cyclicXls } from '../../packages/cli/src/io/sheets.cases.ts';
import { readSheets } from '../../packages/cli/src/io/sheets.ts';
import { assertHonestZip } from '../../packages/cli/src/io/sheets-zip.ts';
import type { Coder } from '../../packages/core/src/agreement/index.ts';
import { TelltaleError } from '../../packages/core/src/base/errors.ts';
import { parseFlowFolder } from '../../packages/core/src/datasets/flow-folder.ts';
import { checkRecord, digestOf, jobsOf, planHash } from '../../packages/core/src/evaluate/index.ts';
import type { FoldRecord, Plan } from '../../packages/core/src/evaluate/index.ts';
import { sha256 } from '../../packages/core/src/base/sha256.ts';
import { readDescription } from '../../packages/core/src/recognize/description.ts';
import { exportModel } from '../../packages/core/src/recognize/export.ts';
import { openExported } from '../../packages/core/src/recognize/exported.ts';
import { readModel } from '../../packages/core/src/recognize/weights.ts';
import { reviewOf } from '../../packages/core/src/report/index.ts';
import { readReport } from '../../packages/core/src/report/read.ts';
import { readImage } from '../../packages/node/src/images/images.ts';
import type * as node from '../../packages/node/src/index.ts';
import { loadRuntime } from '../../packages/node/src/runtime.ts';
import { sampleReport } from '../sample-report.ts';
import { damageBytes, damageJson, withoutEach } from './mutate.ts';

/** Members that a report may lack, by its schema. */
const OPTIONAL = ((): string[] => {
  const path = new URL('../../packages/core/schema/report.schema.json', import.meta.url);
  const { properties, required } = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly properties: object;
    readonly required: readonly string[];
  };
  return Object.keys(properties).filter((name) => !required.includes(name));
})();

const BUILT = new URL('../../packages/node/dist/index.js', import.meta.url).href;

/** Something that is read. */
export interface Reader {
  /** Valid inputs. */
  readonly seeds: readonly Uint8Array[];
  readonly damage: (seed: Uint8Array, number: number) => Uint8Array;
  /** Reads, and checks what was read; throws what the program would throw. */
  readonly read: (bytes: Uint8Array) => Promise<unknown>;
  /** Inputs that no reading may accept. */
  readonly invalid?: readonly Uint8Array[];
  /** The program reads it in a process with limits of its own, so that it may end here by time or memory. */
  readonly mayNotEnd?: boolean;
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const bytes = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value));
const json = (seed: Uint8Array, number: number): Uint8Array => bytes(damageJson(text(seed), number)); // prettier-ignore
const halves = (seeds: readonly Uint8Array[]): Uint8Array[] => seeds.map((seed) => seed.slice(0, seed.length >> 1)); // prettier-ignore

/** A value that was read and written again must be read as the same value. */
function assertSurvives<T>(value: T, write: (value: T) => string, read: (text: string) => T): void {
  deepStrictEqual(read(write(value)), value);
}

/**
 * Opens the readers.
 *
 * @param folder - of valid inputs that the program itself made: `run/`, `clip.mp4`, `clip.webm`
 * @param room - for files
 */
export async function openReaders(folder: string, room: string): Promise<Record<string, Reader>> {
  mkdirSync(room, { recursive: true });
  const kept = (...names: string[]): Uint8Array => new Uint8Array(readFileSync(join(folder, ...names))); // prettier-ignore
  const file = (name: string, content: Uint8Array): string => {
    const path = join(room, name);
    writeFileSync(path, content);
    return path;
  };
  const report = bytes(JSON.stringify(sampleReport()));
  const sample = { report: sampleReport(), review: reviewOf(sampleReport()), measurements: [] };
  const review = bytes(reviewFile(sample));
  const weights = new Uint8Array(readFileSync(new URL('../../packages/core/models/merba-flow28.safetensors', import.meta.url))); // prettier-ignore
  const { onnx, description } = exportModel(weights);
  const described = bytes(description);
  const headerLength = Number(new DataView(weights.buffer).getBigUint64(0, true));
  const samples = bytes('dataset,subject,clip,emotion,flow\n' + Array.from({ length: 5 }, (_, i) => `made,s${i},c${i},${['negative', 'positive', 'surprise'][i % 3]!},flow/${i}.png\n`).join('')); // prettier-ignore
  const table = [['Subject', 'Filename', 'OnsetFrame'], ['006', '006_1_2', 46], [7, '情绪', '=1+1']]; // prettier-ignore
  const book = utils.book_new();
  utils.book_append_sheet(book, utils.aoa_to_sheet(table), 'S');
  const excel = (bookType: 'xlsx' | 'biff8' | 'biff5'): Uint8Array =>
    new Uint8Array(write(book, { type: 'array', bookType }) as ArrayBuffer);
  const cyclic = cyclicXls();
  const image = sharp({ create: { width: 24, height: 16, channels: 3, background: '#a43' } });
  const images = [await image.png().toBuffer(), await image.jpeg().toBuffer(), bitmap(24, 16)].map((one) => Uint8Array.from(one)); // prettier-ignore
  const plan = JSON.parse(text(kept('run', 'plan.json'))) as Plan;
  const [job] = jobsOf(plan);
  const record = kept('run', 'folds', `${job!.name}.json`);

  return {
    report: {
      seeds: [report],
      damage: json,
      invalid: withoutEach(text(report), OPTIONAL).map(bytes),
      read: (input) => {
        assertSurvives(readReport(text(input)), JSON.stringify, readReport);
        return Promise.resolve();
      },
    },
    review: {
      seeds: [review],
      damage: json,
      invalid: withoutEach(text(review), [
        'corrected',
        'regions',
        'measurements',
        'events',
        'schema',
      ]).map(bytes),
      read: (input) => {
        assertSurvives(readReviewFile(text(input)), reviewFile, readReviewFile);
        return Promise.resolve();
      },
    },
    weights: {
      seeds: [weights],
      // Three of four in the header, where every byte means something.
      damage: (seed, number) => {
        if (number % 4 === 0) return damageBytes(seed, number);
        const header = text(seed.subarray(8, 8 + headerLength));
        const changed = Buffer.from(damageJson(header, number));
        const length = Buffer.alloc(8);
        length.writeBigUInt64LE(BigInt(changed.length));
        return Uint8Array.from(Buffer.concat([length, changed, seed.subarray(8 + headerLength)]));
      },
      invalid: [...halves([weights]), ...badWeights(weights)],
      read: (input) => Promise.resolve(readModel(input)),
    },
    'model.json': {
      seeds: [described],
      damage: json,
      invalid: withoutEach(description, ['elsewhere', 'note', 'weights', 'made']).map(bytes),
      read: (input) => {
        assertSurvives(readDescription(text(input)), JSON.stringify, readDescription);
        return Promise.resolve();
      },
    },
    onnx: {
      seeds: [onnx],
      damage: damageBytes,
      invalid: halves([onnx]),
      read: async (input) => {
        const named = JSON.parse(description) as { onnx: { sha256: string } };
        named.onnx.sha256 = sha256(input);
        const ort = await loadRuntime();
        const recognizer = await openExported(ort, { onnx: input, description: JSON.stringify(named) }, { threads: 1 }); // prettier-ignore
        await recognizer.release();
      },
    },
    'samples.csv': {
      seeds: [samples],
      damage: damageBytes,
      read: (input) => Promise.resolve(parseFlowFolder(text(input))),
    },
    'sheets of text': {
      seeds: [samples, bytes('Subject\tOnset\n006\t"a ""b"""\n')],
      damage: damageBytes,
      read: (input) => readSheets(file('sheet.csv', input.subarray(0, 2)[0] === 0x50 ? bytes('a') : input)), // prettier-ignore
    },
    'sheets of Excel': {
      seeds: [excel('xlsx'), excel('biff8'), excel('biff5')],
      damage: damageBytes,
      mayNotEnd: true,
      invalid: [cyclic],
      read: async (input) => {
        // As the program reads it: in a process with a limit on its time.
        if (input === cyclic) {
          await readSheets(file('cyclic.xls', input), { seconds: 2 });
          return;
        }
        if (input[0] === 0x50) assertHonestZip(input, 'sheet.xlsx');
        const reading = await cellsOf(input);
        if ('problem' in reading) return;
        for (const { name, rows } of reading.sheets) {
          if (typeof name !== 'string' || !rows.flat().every((cell) => typeof cell === 'string')) {
            throw new Error('a cell is not text');
          }
        }
      },
    },
    images: {
      seeds: images,
      damage: damageBytes,
      read: async (input) => {
        const { data, width, height, channels } = await readImage(file('image', input));
        if (data.length !== width * height * channels) throw new Error('an image of another size');
      },
    },
    annotations: {
      seeds: [
        bytes(eafFile(reviewed(sample), '2026-01-01T00:00:00Z')),
        bytes(TEXT_GRID),
        bytes('clip,onset,apex,offset,label\na,1.5,1.7,1.9,"mi""cro"\nb,2,,2.4,macro\n'),
      ],
      damage: damageBytes,
      // As each format, whatever it was.
      read: async (input) => {
        const thrown: Error[] = [];
        for (const name of ['coder.eaf', 'coder.TextGrid', 'coder.csv']) {
          try {
            assertCoded(await readCoder(file(name, input)));
          } catch (error) {
            thrown.push(error as Error);
          }
        }
        const wrong = thrown.find((error) => !(error instanceof TelltaleError)) ?? thrown[0];
        if (wrong !== undefined) throw wrong;
      },
    },
    plan: {
      seeds: [kept('run', 'plan.json')],
      damage: json,
      read: async (input) => {
        mkdirSync(join(room, 'run'), { recursive: true });
        writeFileSync(join(room, 'run', 'plan.json'), input);
        jobsOf(await readPlan(join(room, 'run')));
      },
    },
    record: {
      seeds: [record],
      // Every second one with a digest that fits.
      damage: (seed, number) => {
        const changed = damageJson(text(seed), number);
        try {
          const value = JSON.parse(changed) as FoldRecord;
          if (number % 2 === 0) return bytes(changed);
          return bytes(JSON.stringify({ ...value, digest: digestOf(value) }));
        } catch {
          return bytes(changed);
        }
      },
      invalid: withoutEach(text(record)).map(bytes),
      read: (input) => {
        let value: unknown;
        try {
          value = JSON.parse(text(input));
        } catch {
          return Promise.resolve(); // the folder reports it
        }
        return Promise.resolve(checkRecord(value, job!, { path: 'a', plan, planHash: planHash(plan) })); // prettier-ignore
      },
    },
    containers: {
      seeds: ['clip.mp4', 'clip.webm'].filter((name) => existsSync(join(folder, name))).map((name) => kept(name)), // prettier-ignore
      damage: damageBytes,
      read: async (input) => {
        // The built one: its processes start in a third of the time.
        const { openClip } = (await import(BUILT)) as typeof node;
        const clip = await openClip(file('clip', input), { decoder: 'built-in' });
        try {
          for await (const { data, width, height, channels } of clip.frames()) {
            if (data.length !== width * height * channels) throw new Error('a frame of another size'); // prettier-ignore
          }
        } finally {
          await clip.close();
        }
      },
    },
  };
}

/** Weights whose header states what no network has, and that must be refused before anything is made of it. */
function badWeights(weights: Uint8Array): Uint8Array[] {
  const length = Number(new DataView(weights.buffer).getBigUint64(0, true));
  const header = JSON.parse(text(weights.subarray(8, 8 + length))) as Header;
  const settings = JSON.parse(header.__metadata__['settings']!) as object;
  const withHeader = (changed: object): Uint8Array => {
    const json = Buffer.from(JSON.stringify(changed));
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(json.length));
    return Uint8Array.from(Buffer.concat([size, json, weights.subarray(8 + length)]));
  };
  const stating = (changes: Readonly<Record<string, string>>): Uint8Array =>
    withHeader({ ...header, __metadata__: { ...header.__metadata__, ...changes } });
  const [name, tensor] = Object.entries(header).find(([each]) => each !== '__metadata__')!;
  const copies = Array.from({ length: 2000 }, (_, i) => [`copy.${i}`, tensor] as const);
  return [
    ...[
      { mlp: 1e6 },
      { depths: [1, 2 ** 31] },
      ...[null, 'ab', [1, -1]].map((dims) => ({ dims })),
      { headDim: 0 },
      { scans: ['toString'] },
      { scans: ['__proto__'] },
    ].map((change) => stating({ settings: JSON.stringify({ ...settings, ...change }) })),
    stating({ temperature: '1e308' }),
    stating({ network: '__proto__' }),
    stating({ network: 'constructor' }),
    // 2,000 tensors over the same bytes.
    withHeader({ ...header, ...Object.fromEntries(copies) }),
    withHeader({ ...header, [name]: { ...(tensor as object), shape: [2 ** 31, 2 ** 31] } }),
    withHeader(Object.fromEntries([...Object.entries(header), ['__proto__', tensor]])),
  ];
}

interface Header {
  readonly __metadata__: Readonly<Record<string, string>>;
  readonly [tensor: string]: unknown;
}

/** A TextGrid of Praat in its short form. */
const TEXT_GRID = `File type = "ooTextFile"
"TextGrid"
0
9.5
<exists>
2
"IntervalTier"
"events"
0
9.5
2
0
1.5
""
1.5
1.9
"mi""cro"
"TextTier"
"apex"
0
9.5
1
1.7
"AU12"
`;

/** Events in order of time, with finite times. */
function assertCoded({ clips }: Coder): void {
  for (const { clip, events, duration = 0 } of clips) {
    if (typeof clip !== 'string' || !Number.isFinite(duration)) throw new Error('a clip is not whole'); // prettier-ignore
    for (const { onset, apex = onset, offset, label } of events) {
      const isWhole = [onset, apex, offset].every(Number.isFinite) && typeof label === 'string';
      if (!isWhole || onset > offset) throw new Error(`an event is not whole: ${onset}, ${offset}`);
    }
  }
}

/** A bitmap of 24 bits (Microsoft, "Bitmap Storage"). */
function bitmap(width: number, height: number): Buffer {
  const stride = Math.ceil((3 * width) / 4) * 4;
  const out = Buffer.alloc(54 + stride * height, 0x55);
  out.write('BM');
  out.writeUInt32LE(out.length, 2);
  out.writeUInt32LE(54, 10);
  out.writeUInt32LE(40, 14);
  out.writeInt32LE(width, 18);
  out.writeInt32LE(height, 22);
  out.writeUInt16LE(1, 26);
  out.writeUInt16LE(24, 28);
  out.writeUInt32LE(0, 30);
  out.writeUInt32LE(stride * height, 34);
  return out;
}
