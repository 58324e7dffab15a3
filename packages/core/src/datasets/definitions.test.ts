/** @file Every dataset's synthetic folder; CASME, SAMM and SMIC by hand, with their traps. */
import { describe, expect, test } from 'vitest';

import { countPlan, LAYOUT_NAMES, planDataset } from '../synth/index.ts';
import type { SheetCell } from '../synth/layouts/layout.ts';
import { countAnnotations } from './annotation.ts';
import type { DatasetContent, Workbook } from './annotation.ts';
import { book, frames, messagesOf, read } from './definitions.cases.ts';
import type { Rows } from './definitions.cases.ts';
import { DATASETS, definitionOf } from './definitions.ts';
import { identifyEdition } from './editions.ts';
import { readDataset } from './reader.ts';

describe('every definition', () => {
  test('has its own name, and patterns that its own editions meet', () => {
    const names = DATASETS.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(definitionOf(name.toUpperCase())).toBeDefined();
    expect(() => definitionOf('casme4')).toThrow(/there is no dataset "casme4"/);
  });

  test.each(DATASETS)('$name: counts of editions are sums of their classes', ({ editions }) => {
    for (const { clips, classes = {}, source } of editions) {
      const sum = Object.values(classes).reduce((a, b) => a + b, 0);
      expect(sum).toBeLessThanOrEqual(clips);
      expect(source).not.toBe('');
    }
  });
});

describe('synthetic folders in the layout of each dataset', () => {
  const text = (cell: SheetCell): string =>
    cell === null ? '' : typeof cell === 'object' ? String(cell.value) : String(cell);

  test.each(LAYOUT_NAMES)('%s is read whole', (name) => {
    const plan = planDataset(name, { subjects: 3, clips: 12 });
    const { layout, films } = plan;
    const byFolder = new Map<string, string[]>();
    for (const { film } of films) {
      for (let i = 0; i < film.frames; i++) {
        const all = [...layout.paths(film, i), ...(layout.depth ? [layout.depth(film, i)] : [])];
        for (const path of all) {
          const cut = path.lastIndexOf('/');
          const folder = path.slice(0, cut);
          byFolder.set(folder, [...(byFolder.get(folder) ?? []), path.slice(cut + 1)]);
        }
      }
    }
    const content: DatasetContent = {
      workbooks: layout.sheets(films.map(({ film }) => film)).map(({ path, sheets }) => ({
        path,
        sheets: sheets.map((one) => ({ ...one, rows: one.rows.map((row) => row.map(text)) })),
      })),
      folders: [...byFolder].map(([path, files]) => ({ path, files })),
    };
    const { annotations, findings } = readDataset(definitionOf(name), content);
    const micro = annotations.filter(({ kind }) => kind === 'micro');
    const { clips, subjects, classes } = countPlan(plan);
    expect(countAnnotations(micro)).toEqual({ clips, subjects, classes });
    expect(findings.filter(({ kind }) => kind === 'frames')).toEqual([]);
    expect(annotations.every(({ folder }) => byFolder.has(folder))).toBe(true);
    expect(annotations.some(({ folder }) => /depth/.test(folder))).toBe(false);
    // Onset, apex and offset are the numbers on disk.
    const [first] = films;
    const event = first!.film.events.find(({ kind }) => kind === 'micro')!;
    expect(micro.map(({ onset }) => onset)).toContain(first!.film.first + event.onset);
    if (!/^smic|^casme3c$/.test(name)) {
      expect(micro.map(({ apex }) => apex)).toContain(first!.film.first + event.apex);
    }
  });
});

describe('synthetic sheets with as many rows as published', () => {
  const text = (cell: SheetCell): string =>
    cell === null ? '' : typeof cell === 'object' ? String(cell.value) : String(cell);

  test.each([
    ['casme2', 255, 26, 'CASME2-coding-20140508'],
    ['samm', 159, 29, 'SAMM_Micro_FACS_Codes_v2'],
    ['casme3', 860, 94, 'part A, JpgIndex v2'],
    ['mmew', 300, 30, 'MMEW_Micro_Exp'],
    ['dfme', 2629, 259, 'CCAC 2024'],
    ['dfme', 1856, 176, 'CCAC 2024, training'],
    ['4dme', 267, 41, '4DME_Labelling_Micro_release v1'],
    ['casme3c', 165, 30, 'part_C_ME'],
    ['smic-vis', 71, 8, 'SMIC-VIS'],
    ['smic-nir', 71, 8, 'SMIC-NIR'],
  ] as const)('%s with %d clips of %d subjects is %s', (name, clips, subjects, edition) => {
    const { layout, films } = planDataset(name, { subjects, clips });
    const workbooks = layout.sheets(films.map(({ film }) => film)).map(({ path, sheets }) => ({
      path,
      sheets: sheets.map((one) => ({ ...one, rows: one.rows.map((row) => row.map(text)) })),
    }));
    const definition = definitionOf(name);
    const { annotations, findings } = readDataset(definition, { workbooks, folders: [] });
    const verdict = identifyEdition(annotations, definition.editions);
    expect(verdict.differences).toEqual([]);
    expect(verdict.edition?.name).toBe(edition);
    // As many rows as the copy that corrections by row are of, and yet none of them is meant.
    expect(findings.filter(({ kind }) => kind === 'correction')).toEqual([]);
  });
});

describe('CASME', () => {
  test('reads OnsetF and not the duration Onset, and names EP01_12 twice by its onset', () => {
    const header = [
      'Subject',
      'Filename',
      '',
      'OnsetF',
      'ApexF1',
      'ApexF2',
      'OffsetF',
      '',
      'Onset',
      'Total',
      'AU',
      'Emotion',
    ];
    const { annotations } = read('casme', [
      book('CASME-coded-20190721.xls', [
        'Sheet1',
        [
          header,
          [1, 'EP01_12', '', 73, 81, '\\', 91, '', 150, 316.67, 4, 'tense'],
          [1, 'EP01_12', '', 173, 181, 185, 191, '', 150, 316.67, '4+17', 'Repression'],
        ],
      ]),
    ]);
    expect(annotations).toMatchObject([
      { subject: 'sub01', clip: 'EP01_12_73', onset: 73, apex: 81, offset: 91, emotion: 'tense' },
      { subject: 'sub01', clip: 'EP01_12_173', actionUnits: ['4', '17'], emotion: 'repression' },
    ]);
  });
});

const SAMM = [
  'Subject',
  'Filename',
  'Inducement Code',
  'Onset Frame',
  'Apex Frame',
  'Offset Frame',
  'Duration',
  'Micro',
  'Action Units',
  'Estimated Emotion',
  'Objective Classes',
  'Notes',
];

describe('SAMM', () => {
  const sheet = (...rows: Rows): Workbook =>
    book(
      'SAMM_Micro_FACS_Codes_v2.xlsx',
      ['Summary', [['nothing']]],
      ['MICRO_ONLY', [...Array.from({ length: 13 }, (_, i) => [`text ${i}`]), SAMM, ...rows]],
    );

  test('restores zeros that a spreadsheet program stripped', () => {
    const { annotations } = read(
      'samm',
      [sheet([6, '6_1_2', 1, 100, 110, 120, 21, '1/2', '4', 'Anger', 3, ''])],
      [frames('SAMM/006/006_1_2', 90, 130, (n) => `006_${String(n).padStart(5, '0')}.jpg`)],
    );
    expect(annotations[0]).toMatchObject({
      subject: '006',
      clip: '006_1_2',
      folder: 'SAMM/006/006_1_2',
      objectiveClass: '3',
      emotion: 'anger',
    });
  });

  test('puts published "or" cells right and counts no other', () => {
    const reading = read('samm', [
      sheet(
        ['007', '007_6_1', 6, 1, 2, 3, 3, '1/2', 'R12 or R15', 'Other', 7, ''],
        ['007', '007_6_2', 6, 1, 2, 3, 3, '1/2', '4+R12 or L12', 'Other', 7, ''],
      ),
    ]);
    expect(reading.annotations.map(({ actionUnits }) => actionUnits)).toEqual([
      ['R12', 'R15'],
      ['4'],
    ]);
    const [correction] = reading.findings.filter(({ kind }) => kind === 'correction');
    expect(correction).toMatchObject({
      row: 15,
      clip: '007/007_6_1',
      source: expect.stringContaining('MEB') as string,
    });
    expect(messagesOf(reading, 'repair')).toEqual([
      expect.stringContaining('R12, L12 are uncertain') as string,
    ]);
  });

  test('the long videos get emotions from the sheet of SAMM, and -1 means an unknown apex', () => {
    const header = [
      'Subject',
      'Filename',
      'Inducement Code',
      'Onset',
      'Apex',
      'Offset',
      'Duration',
      'Type',
      'Action Units',
      'Notes',
    ];
    const long = book('SAMM_LongVideos_V2_Release.xlsx', [
      'Sheet1',
      [
        ...Array.from({ length: 9 }, () => ['text']),
        header,
        ['006', '006_1_2', 1, 100, 110, 120, 21, 'Micro - 1/2', '4', ''],
        ['006', '006_1_3', 1, 200, -1, 260, 61, 'Macro', '12', ''],
        ['006', '006_1_4', 1, 300, 310, 320, 61, 'blink', '45', ''],
      ],
    ]);
    const codes = sheet([6, '006_1_2', 1, 100, 110, 120, 21, '1/2', '4', 'Anger', 3, '']);
    const reading = read('sammlv', [long, codes], [frames('SAMM_longvideos/006_1', 1, 400)]);
    expect(reading.annotations).toMatchObject([
      { clip: '006_1_2', kind: 'micro', emotion: 'anger', folder: 'SAMM_longvideos/006_1' },
      { clip: '006_1_3', kind: 'macro', emotion: '', folder: 'SAMM_longvideos/006_1' },
    ]);
    expect(reading.annotations[1]).not.toHaveProperty('apex');
    expect(messagesOf(reading, 'row')).toEqual(['left out: "blink" is neither micro nor macro']);
    expect(messagesOf(reading, 'repair')).toEqual([]);
  });
});

describe('SMIC', () => {
  const sheet = book('SMIC-HS-E_annotation.xlsx', [
    'Sheet1',
    [
      ['Subject', 'Filename', 'OnsetF', 'OffsetF', 'Emotion', 'FirstF'],
      [1, 's1_ne_01', 1039, 1049, 'negative', 1030],
      ['', '', '', '', '', ''],
      ['', 'FirstF is the first frame of the clip'],
    ],
  ]);
  const raw = frames(
    'HS_long/SMIC-HS-E/HS/s01/s01_ne_01',
    1030,
    1060,
    (n) => `image${String(n).padStart(6, '0')}.jpg`,
  );

  test('counts frames as the camera did, or from the first file', () => {
    const [straight] = read('smic', [sheet], [raw]).annotations;
    expect(straight).toMatchObject({
      dataset: 'SMIC-HS',
      subject: 's01',
      clip: 's01_ne_01',
      onset: 1039,
      offset: 1049,
      folder: raw.path,
    });
    expect(straight).not.toHaveProperty('apex');
    const [shifted] = read('smic', [sheet], [frames(raw.path, 1, 31)]).annotations;
    expect(shifted).toMatchObject({ onset: 10, offset: 20 });
  });

  test('cropped folders need no sheet; each is one expression', () => {
    const folders = [
      frames(
        'SMIC_all_cropped/HS/s1/micro/negative/s1_ne_01',
        501,
        530,
        (n) => `reg_image${n}.bmp`,
      ),
      frames('SMIC_all_cropped/HS/s2/micro/surprise/s2_sur_01', 7, 20, (n) => `reg_image${n}.bmp`),
      frames('SMIC_all_cropped/HS/s2/non_micro/s2_n_01', 7, 20),
      frames('SMIC_all_cropped/VIS/s2/micro/surprise/s2_sur_01', 7, 20),
    ];
    const reading = read('smic', [], folders);
    expect(reading.annotations).toMatchObject([
      {
        subject: 's01',
        clip: 's01_ne_01',
        emotion: 'negative',
        onset: 501,
        offset: 530,
        folder: folders[0]!.path,
      },
      {
        subject: 's02',
        clip: 's02_sur_01',
        emotion: 'surprise',
        onset: 7,
        offset: 20,
        folder: folders[1]!.path,
      },
    ]);
    expect(reading.workbook).toBe('');
    const low = read('smic-vis', [], folders);
    expect(low.annotations).toMatchObject([
      { dataset: 'SMIC-VIS', framesPerSecond: 25, folder: folders[3]!.path },
    ]);
  });
});
