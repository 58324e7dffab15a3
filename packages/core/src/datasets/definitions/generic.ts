/** @file Any dataset whose owner writes one sheet: `annotations.csv` beside folders of frames. */
import type { DatasetDefinition } from '../definition.ts';

/** The layout that docs/datasets.md describes under "Your own". */
export const generic: DatasetDefinition = {
  name: 'generic',
  aliases: ['csv', 'own'],
  title: 'generic',
  framesPerSecond: 0,
  workbooks: [/^annotations?\.(?:xls[xmb]?|csv|tsv|txt|ods|numbers)$/i],
  columns: { folder: ['folder', 'path'], dataset: ['dataset', 'database'] },
  required: ['subject', 'file', 'onset', 'offset', 'framesPerSecond'],
  subject: (cell) => cell,
  kind: (cell) =>
    /^macro/i.test(cell) ? 'macro' : /^(?:micro.*|)$/i.test(cell) ? 'micro' : undefined,
  folders: ['{subject}/{file}', '{file}'],
  corrections: [],
  editions: [],
};
