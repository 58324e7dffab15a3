/**
 * @file A folder of flow images: one onset-to-apex flow image per micro-expression.
 *
 * The layout in which the flow images of the MEGC 2019 composite are
 * distributed (See et al. 2019, "MEGC 2019", IEEE FG; images as in Liong et al.
 * 2019, "Shallow Triple Stream Three-dimensional CNN", IEEE FG):
 *
 *     samples.csv               dataset,subject,clip,emotion,flow
 *     flow/sub01_EP02_01f.png   28×28, red u, green v, blue optical strain
 *
 * Columns `apex`, `onset` and `magnified` may name face crops, in the
 * box and size of the flow image, `alpha` the factor of the magnified one; further columns what is annotated beside the
 * emotion (`sample-annotation.ts`).
 *
 * No file is opened here: the sheet's text comes in, samples go out.
 */
import { textOfCell } from '../base/csv-cell.ts';
import { TelltaleError } from '../base/errors.ts';
import { parseCsv } from './csv.ts';
import { ANNOTATION_COLUMNS, readAnnotation } from './sample-annotation.ts';
import type { Sample } from './sample.ts';

/** Name of the sheet in the folder. */
export const SHEET = 'samples.csv';

const REQUIRED = ['dataset', 'subject', 'clip', 'flow'] as const;
const FACES = ['apex', 'onset', 'magnified'] as const;
const OPTIONAL = ['emotion', ...FACES, ...ANNOTATION_COLUMNS, 'alpha'] as const;
type Column = (typeof REQUIRED)[number] | (typeof OPTIONAL)[number];

/**
 * Reads the sheet of a flow folder, in its order.
 *
 * Columns may be in any order and any letter case; others are ignored. Columns other than `dataset`,
 * `subject`, `clip` and `flow` may be absent, and any of their cells empty.
 *
 * @throws TelltaleError `DATASET_COLUMN_MISSING`; `DATASET_INVALID` naming the line, for an
 *   empty cell, a row of another length, a clip or an image that comes twice, or an image
 *   outside the folder
 */
export function parseFlowFolder(text: string): Sample[] {
  const [header, ...rows] = parseCsv(text);
  if (header === undefined) {
    throw invalid(`${SHEET} is empty`, `Its first line must be ${[...REQUIRED].join(',')}.`);
  }
  const columns = findColumns(header.fields);
  if (rows.length === 0) {
    throw invalid(`${SHEET} has a header and no samples`, 'Add one line per micro-expression.');
  }
  const lineOfId = new Map<string, number>();
  const lineOfFlow = new Map<string, number>();
  const faceFiles = new Map<string, number>();
  return rows.map(({ line, fields }) => {
    if (fields.length !== header.fields.length) {
      throw invalid(
        `${SHEET} line ${line} has ${fields.length} fields, the header has ${header.fields.length}`,
        'Put fields that contain the delimiter between quotes.',
      );
    }
    const cell = (column: Column): string =>
      textOfCell(fields[columns[column] ?? -1]?.trim() ?? '');
    for (const column of REQUIRED) {
      if (cell(column) === '') {
        throw invalid(
          `${SHEET} line ${line} has no ${column}`,
          'Every sample needs a dataset, a subject, a clip and a flow image.',
        );
      }
    }
    const file = safePath(cell('flow'), line);
    const subject = `${cell('dataset')}/${cell('subject')}`;
    const id = `${subject}/${cell('clip')}`;
    once(lineOfId, id, { what: `the clip ${id}`, line });
    once(lineOfFlow, file, { what: `the image ${file}`, line });
    const emotion = cell('emotion');
    const faces = FACES.flatMap((name) => {
      if (cell(name) === '') return [];
      const path = safePath(cell(name), line);
      // One onset may serve many clips, but no image is both a face crop and a flow image.
      if (lineOfFlow.has(path)) throw bothKinds(path, line);
      faceFiles.set(path, line);
      return [[name, path] as const];
    });
    if (faceFiles.has(file)) throw bothKinds(file, line);
    const annotation = readAnnotation(cell);
    const alpha = alphaOf(cell('alpha'), line);
    return {
      id,
      dataset: cell('dataset'),
      subject,
      clip: cell('clip'),
      ...(emotion === '' ? {} : { emotion }),
      file,
      ...(faces.length > 0 && { faces: Object.fromEntries(faces) }),
      ...(alpha !== undefined && { alpha }),
      ...(annotation !== undefined && { annotation }),
    };
  });
}

function alphaOf(text: string, line: number): number | undefined {
  if (text === '') return undefined;
  const alpha = Number(text);
  if (alpha > 0 && alpha <= 100) return alpha;
  throw invalid(
    `${SHEET} line ${line} has an alpha of ${text}`,
    'Give the factor of the magnification, above 0 and at most 100, or leave the cell empty.',
  );
}

function bothKinds(path: string, line: number): TelltaleError {
  return invalid(
    `${SHEET} line ${line}: the image ${path} is named as a flow image and as a face crop`,
    'Name the face in the columns apex, onset and magnified, the flow in the column flow.',
  );
}

function findColumns(fields: readonly string[]): Partial<Record<Column, number>> {
  const names = fields.map((field) => field.trim().toLowerCase());
  const columns: Partial<Record<Column, number>> = {};
  for (const column of [...REQUIRED, ...OPTIONAL]) {
    const index = names.indexOf(column);
    if (index < 0 && (REQUIRED as readonly string[]).includes(column)) {
      throw new TelltaleError(
        'DATASET_COLUMN_MISSING',
        `${SHEET} has no column "${column}"; it has ${names.map((name) => `"${name}"`).join(', ')}`,
        `Its first line must name the columns: ${REQUIRED.join(',')}, and emotion where known.`,
      );
    }
    if (names.indexOf(column, index + 1) > index && index >= 0) {
      throw invalid(`${SHEET} has two columns "${column}"`, 'Remove or rename one of them.');
    }
    if (index >= 0) columns[column] = index;
  }
  return columns;
}

/** A path that stays inside the folder, written with `/`. A sheet comes from strangers. */
function safePath(path: string, line: number): string {
  const parts = path.replaceAll('\\', '/').split('/');
  const kept = parts.filter((part) => part !== '.' && part !== '');
  const absolute = parts[0] === '' || /^[A-Za-z]:$/.test(parts[0]!);
  if (absolute || kept.includes('..') || kept.length === 0 || path.includes('\0')) {
    throw invalid(
      `${SHEET} line ${line}: the image "${path}" is not inside the dataset's folder`,
      'Name images relative to the folder of the sheet, without "..".',
    );
  }
  return kept.join('/');
}

function once(
  seen: Map<string, number>,
  key: string,
  { what, line }: { readonly what: string; readonly line: number },
): void {
  const before = seen.get(key);
  if (before !== undefined) {
    throw invalid(
      `${SHEET} lines ${before} and ${line} both give ${what}`,
      'Keep one of them: a sample that comes twice could be in the training and the test part.',
    );
  }
  seen.set(key, line);
}

function invalid(message: string, hint: string): TelltaleError {
  return new TelltaleError('DATASET_INVALID', message, hint);
}
