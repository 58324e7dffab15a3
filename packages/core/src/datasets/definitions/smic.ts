/**
 * @file SMIC: the same subjects by three cameras, with a sheet (E) or as folders alone (cropped).
 *
 * Li, Pfister, Huang, Zhao and Pietikäinen 2013, "A spontaneous
 * micro-expression database: Inducement, collection and baseline", IEEE FG.
 */
import { numberedSubject } from '../cells.ts';
import type { Edition, FrameFolder } from '../annotation.ts';
import type { DatasetDefinition, SheetRow } from '../definition.ts';
import { framesByNumber } from '../frames.ts';

const CROPPED = /(?:^|\/)(s0*\d+)\/micro\/(negative|positive|surprise)\/([^/]+)$/i;

/** `1`, `s1` → `s01`. */
function subjectOf(cell: string): string {
  return numberedSubject(cell, (number) => `s${number.padStart(2, '0')}`);
}

/** `s1_ne_03` → `s01_ne_03`. */
function fileOf({ file }: SheetRow['cells']): string {
  return file.replace(/^s0*(\d{1,3})(?=_)/i, (_, digits: string) => subjectOf(digits));
}

/** Each folder is one expression, from its first frame to its last. */
function rowsOfFolders(folders: readonly FrameFolder[]): SheetRow[] {
  return folders.flatMap(({ path, files }): SheetRow[] => {
    const [, subject, emotion, file] = CROPPED.exec(path) ?? [];
    const numbers = [...framesByNumber(files).keys()];
    if (subject === undefined || numbers.length === 0) return [];
    const cells = {
      ...{ subject, emotion: emotion!, file: file! },
      ...{ onset: String(numbers[0]), offset: String(numbers.at(-1)) },
      ...{ apex: '', fineEmotion: '', actionUnits: '', kind: '', objectiveClass: '' },
      ...{ framesPerSecond: '', first: '', folder: path, dataset: '' },
    };
    return [{ row: 0, record: 0, cells }];
  });
}

const CAMERAS = ['hs', 'vis', 'nir'] as const;
type Camera = (typeof CAMERAS)[number];

function smic(
  camera: Camera,
  framesPerSecond: number,
  editions: readonly Edition[],
): DatasetDefinition {
  const others = CAMERAS.filter((other) => other !== camera).join('|');
  const sheet = new RegExp(`smic.*${camera}.*\\.(?:xls[xmb]?|csv|tsv|txt|ods|numbers)$`, 'i');
  return {
    name: camera === 'hs' ? 'smic' : `smic-${camera}`,
    aliases: camera === 'hs' ? ['smic-hs', 'smichs'] : [`smic${camera}`],
    title: `SMIC-${camera.toUpperCase()}`,
    framesPerSecond,
    workbooks: [sheet],
    required: ['subject', 'file', 'onset', 'offset', 'emotion'],
    subject: subjectOf,
    file: fileOf,
    folders: [
      ...['{subject}/{file}', '{subject0}/{file0}'],
      ...['{subject}/micro/{emotion}/{file}', '{subject0}/micro/{emotion}/{file0}'],
      ...['{subject0}/micro/{emotion}/{file}', '{subject}/micro/{emotion}/{file0}'],
    ],
    prefer: [/crop/i],
    avoid: new RegExp(`(?:^|[/_-])(?:${others}|non_micro)(?:[/_-]|$)`, 'i'),
    sheetless: ({ workbooks, folders }, images) =>
      folders.some(({ path }) => CROPPED.test(path)) &&
      (images !== undefined || !workbooks.some(({ path }) => sheet.test(path))),
    fromFolders: rowsOfFolders,
    corrections: [],
    editions,
  };
}

const source = 'Li et al. 2013';
const LOW_SPEED = { negative: 23, positive: 28, surprise: 20 };

/** The high-speed camera, 100 Hz: the SMIC of the composite protocol. */
export const smicHs: DatasetDefinition = smic('hs', 100, [
  {
    name: 'SMIC-HS',
    clips: 164,
    subjects: 16,
    classes: { negative: 70, positive: 51, surprise: 43 },
    source: `${source}; MEGC 2019`,
  },
  { name: 'SMIC-HS-E', clips: 157, source: 'its sheet, as public loaders read it' },
]);

/** The camera for visible light, 25 Hz. */
export const smicVis: DatasetDefinition = smic('vis', 25, [
  { name: 'SMIC-VIS', clips: 71, subjects: 8, classes: LOW_SPEED, source },
]);

/** The camera for near infrared, 25 Hz. */
export const smicNir: DatasetDefinition = smic('nir', 25, [
  { name: 'SMIC-NIR', clips: 71, subjects: 8, classes: LOW_SPEED, source },
]);
