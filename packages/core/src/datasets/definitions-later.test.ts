/** @file CAS(ME)², CAS(ME)³, MMEW, 4DME, DFME and one's own sheet by hand, with their traps. */
import { describe, expect, test } from 'vitest';

import { parseActionUnits } from './action-units.ts';
import { book, frames, messagesOf, read } from './definitions.cases.ts';

describe('CAS(ME)^2', () => {
  test('reads a sheet without a header, and codes from the sheets behind it', () => {
    const sheet = book(
      'code_final.xlsx',
      [
        'final',
        [
          [1, 'disgust1_1', 100, 105, 110, '4', 'negative', 'micro-expression', 'disgust'],
          [1, 'happy5_1', 300, 0, 0, '12', 'positive', 'macro-expression', 'happy'],
          [1, 'happy5_2', 400, 410, 0, '12', 'positive', 'macro-expression', 'happy'],
        ],
      ],
      ['naming rule1', [[1, 's15', 1]]],
      [
        'naming rule2',
        [
          [101, 'disgust1'],
          ['0507', 'happy5'],
        ],
      ],
    );
    const reading = read(
      'casmesq',
      [sheet],
      [
        frames('rawpic/s15/15_0101disgustingteeth', 1, 200, (n) => `img${n}.jpg`),
        frames('rawpic/s15/15_0507climbingthewall', 1, 500, (n) => `img${n}.jpg`),
      ],
    );
    expect(reading.annotations).toMatchObject([
      {
        subject: 's15',
        clip: 'disgust1_1',
        kind: 'micro',
        folder: 'rawpic/s15/15_0101disgustingteeth',
        emotion: 'negative',
      },
      {
        subject: 's15',
        clip: 'happy5_2',
        kind: 'macro',
        offset: 410,
        folder: 'rawpic/s15/15_0507climbingthewall',
      },
    ]);
    expect(messagesOf(reading, 'row')).toHaveLength(1);
    expect(messagesOf(reading, 'repair')).toEqual([
      expect.stringContaining('the apex 410 is taken') as string,
    ]);
  });
});

describe('CAS(ME)^3', () => {
  test('part A: text cells, names by onset, corrections where they belong', () => {
    const header = [
      'Subject',
      'Filename',
      'Onset',
      'Apex',
      'Offset',
      'AU',
      'Objective class',
      'emotion',
    ];
    const sheet = book('annotation/cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx', [
      'label',
      [
        header,
        ['spNO.1', 'a', '175', '178', '184', '4', 'III', 'disgust'],
        ['spNO.1', 'a', '375', '378', '384', '4', 'III', 'Others'],
        ['spNO.149', 'd', '112', '83', '358', '4', 'III', 'sad'],
        ['spNO.216', 'd', '3647', '2668', '2694', '4', 'III', 'anger'],
        ['spNO.216', 'e', '0', '0', '25', '4', 'III', 'anger'],
        ['spNO.40', 'e', '1830', '1838', '0', '4', 'III', 'happy'],
        ['spNO.40', 'e', '2390', '2396', '0', '4', 'III', 'happy'],
        ['spNO.40', 'e', '100', '108', '0', '4', 'III', 'happy'],
      ],
    ]);
    const reading = read(
      'casme3',
      [sheet],
      [frames('part_A/data/spNO.1/a/color', 0, 500), frames('part_A/data/spNO.1/a/depth', 0, 500)],
    );
    const spans = reading.annotations.map(({ clip, onset, apex, offset }) => [
      clip,
      onset,
      apex,
      offset,
    ]);
    expect(spans).toEqual([
      ['a_175', 175, 178, 184],
      ['a_375', 375, 378, 384],
      ['d_112', 112, undefined, 358],
      ['d_3647', 2647, 2668, 2694],
      ['e_0', 1, undefined, 25],
      ['e_1830', 1830, 1838, 1845],
      ['e_2390', 2390, 2396, 2403],
      ['e_100', 100, 108, 108],
    ]);
    expect(messagesOf(reading, 'correction')).toEqual([
      'onset "3647" → 2647',
      'onset "0" → 1',
      'offset "0" → 1845',
      'offset "0" → 2403',
    ]);
    expect(reading.annotations.map(({ emotion }) => emotion).slice(0, 3)).toEqual([
      'disgust',
      'others',
      'sadness',
    ]);
    expect(reading.annotations[0]!.folder).toBe('part_A/data/spNO.1/a/color');
  });

  test('part C: no apex, a Chinese comma', () => {
    const sheet = book('CAS(ME)3_part_C_ME.xlsx', [
      'Sheet1',
      [
        ['sub', 'count', 'onset', 'offset', 'au', 'emotion'],
        [1, 2, 100, 112, '4，15', 'negative'],
      ],
    ]);
    const { annotations } = read('casme3c', [sheet], [frames('part_C/data/1/2/color', 90, 120)]);
    expect(annotations).toMatchObject([
      { subject: '01', clip: '2', actionUnits: ['4', '15'], folder: 'part_C/data/1/2/color' },
    ]);
  });
});

describe('MMEW, 4DME and DFME', () => {
  test('MMEW lies below its emotions, its macro-expressions elsewhere', () => {
    const sheet = book('MMEW_Micro_Exp.xlsx', [
      'Sheet1',
      [
        [
          'Subject',
          'Filename',
          'OnsetFrame',
          'ApexFrame',
          'OffsetFrame',
          'Action Units',
          'Estimated Emotion',
          'remarks',
        ],
        [1, 'S01-01-001', 1, 20, 40, '12', 'happiness', ''],
      ],
    ]);
    const { annotations } = read(
      'mmew',
      [sheet],
      [
        frames('Macro_Expression/happiness/S01-01-001', 1, 60),
        frames('Micro_Expression/happiness/S01-01-001', 1, 60),
      ],
    );
    expect(annotations).toMatchObject([
      { subject: 'S01', framesPerSecond: 90, folder: 'Micro_Expression/happiness/S01-01-001' },
    ]);
  });

  test('4DME marks uncertain units with (k)', () => {
    const sheet = book('4DME_Labelling_Micro_release v1.xlsx', [
      'Sheet1',
      [
        [
          'sub_ID',
          'fold_name',
          'fold',
          'Emotion',
          'Onset',
          'Apex',
          'Offset',
          'AUs',
          'AU1',
          'Positive',
          'Total',
          'Objective class',
        ],
        [3, 'sub3_01', 1, 'Repression', 5, 9, 14, 'AU4+AU17(k)', 0, 0, 1, 'III'],
      ],
    ]);
    const reading = read(
      '4dme',
      [sheet],
      [frames('gray_micro_crop/3/sub3_01', 1, 30), frames('gray_micro/3/sub3_01', 1, 30)],
    );
    expect(reading.annotations).toMatchObject([
      { emotion: 'repression', actionUnits: ['4'], folder: 'gray_micro_crop/3/sub3_01' },
    ]);
    expect(messagesOf(reading, 'repair')).toEqual([
      expect.stringContaining('17 is uncertain') as string,
    ]);
  });

  test('DFME has a sheet for each part, and three frame rates', () => {
    const header = [
      'Subject',
      'Filename',
      'OnsetFrame',
      'ApexFrame',
      'OffsetFrame',
      'Emotion',
      'EmotionId',
      'Fps',
      'AU',
    ];
    const sheets = [
      book('training_full_with_AU.xlsx', [
        'Sheet1',
        [header, ['sub0003', 'sub0003_01', 199, 230, 260, 'fear', 3, 500, '1']],
      ]),
      book('testA_full_with_AU.xlsx', [
        'Sheet1',
        [header, [4, 'sub0004_02', 0, 30, 60, 'Contempt', 1, 300, 'L14']],
      ]),
    ];
    const name = (n: number): string => `${String(n).padStart(5, '0')}.png`;
    const reading = read('dfme', sheets, [
      frames('DFME_train/sub0003_01', 190, 270, name),
      frames('test_data_A/sub0004_02', 0, 70, name),
    ]);
    expect(reading.annotations).toMatchObject([
      { subject: 'sub0003', framesPerSecond: 500, onset: 199, folder: 'DFME_train/sub0003_01' },
      {
        subject: 'sub0004',
        framesPerSecond: 300,
        emotion: 'contempt',
        folder: 'test_data_A/sub0004_02',
      },
    ]);
    expect(messagesOf(reading, 'frames')).toEqual([]);
  });
});

describe('your own', () => {
  const header = [
    'subject',
    'clip',
    'folder',
    'onset',
    'apex',
    'offset',
    'fps',
    'emotion',
    'action units',
  ];

  test('names folders, frame rates and, if it likes, the dataset', () => {
    const sheet = book('annotations.csv', [
      '',
      [
        [...header, 'dataset', 'kind'],
        ['p1', 'one', 'clips/one', 3, '', 9, 120, 'happy', '6+12', 'ours', 'macro'],
      ],
    ]);
    const { annotations } = read('generic', [sheet], [frames('clips/one', 0, 20)]);
    expect(annotations).toEqual([
      {
        dataset: 'ours',
        subject: 'p1',
        clip: 'one',
        folder: 'clips/one',
        onset: 3,
        offset: 9,
        framesPerSecond: 120,
        emotion: 'happiness',
        actionUnits: ['6', '12'],
        codedUnits: parseActionUnits('6+12'),
        kind: 'macro',
      },
    ]);
  });

  test.each(['../elsewhere', '/etc', 'a/../b', 'C:/x', 'a//b'])(
    'refuses the folder %j',
    (folder) => {
      const sheet = book('annotations.csv', [
        '',
        [header, ['p1', 'one', folder, 3, '', 9, 120, 'happy', '']],
      ]);
      expect(() => read('generic', [sheet])).toThrow(/row 2: .* is not a name/);
    },
  );
});
