/** @file Datasets of strong expressions: published layouts, and invalid folders, each reported in one sentence. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { createRandom } from '../../base/random.ts';
import { findMacroReader, macroLabels, macroReaders, readMacro } from './readers.ts';
import type { MacroSample } from './sample.ts';
import { splitMacro, type SplitSample } from './split.ts';

/** Reads a synthetic folder: names, and texts of some. */
function read(
  tag: string,
  paths: readonly string[],
  texts: Readonly<Record<string, string>> = {},
): MacroSample[] {
  const reader = findMacroReader(tag);
  const all = [...paths, ...Object.keys(texts)].sort();
  const asked = reader.sheets(all);
  expect(asked.every((path) => path in texts)).toBe(true);
  const given = new Map(asked.map((path) => [path, texts[path]!]));
  return readMacro(reader, { paths: all, texts: given }, `${tag}:faces`);
}

describe('FER2013', () => {
  test('as folders: parts and labels are read from the names', () => {
    const found = read('fer', [
      'train/angry/Training_1.jpg',
      'train/happy/Training_2.jpg',
      'validation/happy/PublicTest_3.jpg',
      'readme.txt',
      'train/happy/.DS_Store',
    ]);
    expect(found.map(({ label, part }) => [label, part])).toEqual([
      ['anger', 'train'],
      ['happiness', 'train'],
      ['happiness', 'validation'],
    ]);
  });

  test('as its sheet: PublicTest validates, PrivateTest is left alone', () => {
    const pixels = Array.from({ length: 48 * 48 }, (_, i) => i % 256).join(' ');
    const row = (emotion: number, usage: string): string => `${emotion},${pixels},${usage}`;
    const text = [
      'emotion,pixels,Usage',
      row(0, 'Training'),
      row(3, 'Training'),
      row(6, 'PublicTest'),
      row(2, 'PrivateTest'),
    ].join('\n');
    const found = read('FER', [], { 'fer2013.csv': text });
    expect(found.map(({ id, label, part }) => [id, label, part])).toEqual([
      ['fer2013.csv:2', 'anger', 'train'],
      ['fer2013.csv:3', 'happiness', 'train'],
      ['fer2013.csv:4', 'neutral', 'validation'],
    ]);
    const { image } = found[0]!;
    expect(typeof image === 'object' && [image.side, image.gray[300]]).toEqual([48, 44]);
    expect(() => read('FER', [], { 'fer2013.csv': 'emotion,pixels\n0,1 2 3' })).toThrow(
      /line 2 has emotion "0" and 3 pixels/,
    );
    expect(() => read('FER', [], { 'fer2013.csv': 'label,pixels\n0,1' })).toThrow(
      expect.objectContaining({ code: 'DATASET_COLUMN_MISSING' }),
    );
  });
});

describe('CK+', () => {
  const frames = (subject: string, session: string, count: number): string[] =>
    Array.from(
      { length: count },
      (_, i) =>
        `cohn-kanade-images/${subject}/${session}/${subject}_${session}_${String(i + 1).padStart(8, '0')}.png`,
    );
  const emotion = (subject: string, session: string): string =>
    `Emotion/${subject}/${session}/${subject}_${session}_00000005_emotion.txt`;

  test('takes the last three frames of a labeled sequence, and its first as the neutral face', () => {
    const found = read(
      'CKPLUS',
      [...frames('S005', '001', 5), ...frames('S010', '002', 6), ...frames('S011', '001', 4)],
      {
        [emotion('S005', '001')]: '   3.0000000e+00\n',
        [emotion('S010', '002')]: '   7.0000000e+00\n',
      },
    );
    expect(found.map(({ label }) => label)).toEqual([
      ...Array<string>(3).fill('disgust'),
      ...Array<string>(3).fill('surprise'),
    ]);
    expect(found[0]).toMatchObject({
      subject: 'S005',
      image: frames('S005', '001', 5)[2],
      neutral: frames('S005', '001', 5)[0],
    });
  });

  test('reads the folders of peaks too, whose names report the subject', () => {
    const found = read('CKPLUS', [
      'CK+48/anger/S010_004_00000017.png',
      'CK+48/happy/S011_001_00000014.png',
    ]);
    expect(found.map(({ label, subject }) => [label, subject])).toEqual([
      ['anger', 'S010'],
      ['happiness', 'S011'],
    ]);
  });

  test('names what is missing or no number', () => {
    expect(() => read('CKPLUS', [], { [emotion('S005', '001')]: ' 3.0e+00' })).toThrow(
      expect.objectContaining({ code: 'DATASET_FILE_MISSING' }),
    );
    expect(() =>
      read('CKPLUS', frames('S005', '001', 3), { [emotion('S005', '001')]: 'angry' }),
    ).toThrow(/holds "angry"/);
  });
});

test('Oulu-CASIA: visible light, strong, one copy; the first frame is neutral', () => {
  const frames = (root: string): string[] =>
    ['Anger', 'Happiness'].flatMap((emotion) =>
      [0, 1, 2, 3, 4].map((i) => `${root}/P001/${emotion}/00${i}.jpeg`),
    );
  const found = read('OULU', [
    ...frames('OriginalImg/VL/Strong'),
    ...frames('OriginalImg/VL/Weak'),
    ...frames('OriginalImg/NI/Strong'),
    ...frames('PreProcess_Img/VL/Strong'),
  ]);
  expect(found).toHaveLength(6);
  expect(found[0]).toMatchObject({
    label: 'anger',
    subject: 'P001',
    image: 'PreProcess_Img/VL/Strong/P001/Anger/002.jpeg',
    neutral: 'PreProcess_Img/VL/Strong/P001/Anger/000.jpeg',
  });
});

test('RAF-DB: the list with its aligned images, or numbered folders', () => {
  const list = 'EmoLabel/list_patition_label.txt';
  const images = ['Image/aligned/train_00001_aligned.jpg', 'Image/aligned/test_0001_aligned.jpg'];
  const found = read('RAFDB', images, { [list]: 'train_00001.jpg 5\ntest_0001.jpg 7\n' });
  expect(found.map(({ label, part, image }) => [label, part, image])).toEqual([
    ['sadness', 'train', images[0]],
    ['neutral', 'validation', images[1]],
  ]);
  expect(
    read('RAFDB', ['train/1/a.jpg', 'test/4/b.jpg']).map(({ label, part }) => [label, part]),
  ).toEqual([
    ['happiness', 'validation'],
    ['surprise', 'train'],
  ]);
  expect(() => read('RAFDB', images, { [list]: 'train_00002.jpg 5' })).toThrow(
    /line 1 .*train_00002/,
  );
  expect(() => read('RAFDB', images, { [list]: 'train_00001.jpg 9' })).toThrow(
    /line 1 .*"train_00001.jpg 9"/,
  );
});

test('JAFFE and KDEF: names report who, and which image is neutral', () => {
  const jaffe = read('JAFFE', ['KA.AN1.39.tiff', 'KA.NE1.26.tiff', 'KL.HA1.158.tiff']);
  expect(jaffe.map(({ label, subject, neutral }) => [label, subject, neutral])).toEqual([
    ['anger', 'KA', 'KA.NE1.26.tiff'],
    ['neutral', 'KA', 'KA.NE1.26.tiff'],
    ['happiness', 'KL', undefined],
  ]);
  const kdef = read('KDEF', [
    'AF01/AF01AFS.JPG',
    'AF01/AF01NES.JPG',
    'BF01/BF01ANS.JPG',
    'AM02/AM02HAHL.JPG',
  ]);
  expect(kdef.map(({ label, subject, neutral }) => [label, subject, neutral])).toEqual([
    ['fear', 'F01', 'AF01/AF01NES.JPG'],
    ['neutral', 'F01', 'AF01/AF01NES.JPG'],
    ['anger', 'F01', undefined],
  ]);
});

test('AffectNet: sheets with boxes, or a label beside each image', () => {
  const header =
    'subDirectory_filePath,face_x,face_y,face_width,face_height,facial_landmarks,expression,valence,arousal';
  const found = read(
    'AFFECTNET',
    ['Manually_Annotated_Images/689/a.jpg', 'Manually_Annotated_Images/12/b.png'],
    {
      'training.csv': `${header}\n689/a.jpg,10,20,300,310,0;0,1,0.1,0.2\n689/gone.jpg,1,1,1,1,0;0,10,-2,-2`,
      'validation.csv': `${header}\n12/b.png,5,6,70,80,0;0,6,0.1,0.2`,
    },
  );
  expect(found).toEqual([
    {
      id: 'training.csv:2',
      label: 'happiness',
      image: 'Manually_Annotated_Images/689/a.jpg',
      part: 'train',
      box: { left: 10, top: 20, width: 300, height: 310 },
    },
    {
      id: 'validation.csv:2',
      label: 'anger',
      image: 'Manually_Annotated_Images/12/b.png',
      part: 'validation',
      box: { left: 5, top: 6, width: 70, height: 80 },
    },
  ]);
  const npy = (word: string): string =>
    `\u0093NUMPY\u0001\0v\0{'descr': '<U1', 'fortran_order': False, 'shape': (), }   \n${word}\0\0\0`;
  const later = read('AFFECTNET', ['train_set/images/7.jpg', 'val_set/images/9.jpg'], {
    'train_set/annotations/7_exp.npy': npy('4'),
    'val_set/annotations/9_exp.npy': npy('7'),
  });
  expect(later.map(({ label, part, image }) => [label, part, image])).toEqual([
    ['fear', 'train', 'train_set/images/7.jpg'],
    ['contempt', 'validation', 'val_set/images/9.jpg'],
  ]);
  expect(() =>
    read('AFFECTNET', ['train_set/images/7.jpg'], {
      'train_set/annotations/7_exp.npy': 'nonsense',
    }),
  ).toThrow(/is not a label/);
});

describe('any folder', () => {
  test('class by class, with or without parts', () => {
    const found = read('FOLDER', ['train/Up/1.png', 'train/Down/2.png', 'validation/Up/3.png']);
    expect(macroLabels(found)).toEqual(['down', 'up']);
    expect(found.filter(({ part }) => part === 'validation')).toHaveLength(1);
    expect(read('FOLDER', ['constructor/a/1.png', 'constructor/b/2.png'])).toEqual([
      expect.not.objectContaining({ part: expect.anything() as unknown }),
      expect.not.objectContaining({ part: expect.anything() as unknown }),
    ]);
    expect(read('FOLDER', ['a/1.png', 'b/2.bmp']).every(({ part }) => part === undefined)).toBe(
      true,
    );
  });

  test.each([
    [['a/1.png', 'b/'], 'the class b of FOLDER:faces has no image'],
    [['a/1.png', 'b/notes.txt'], 'the class b of FOLDER:faces has no image'],
    [['a/1.png', 'a/2.png'], 'FOLDER:faces has one class only, "a"'],
    [['1.png'], 'FOLDER:faces holds no image'],
    [[], 'FOLDER:faces holds no image'],
  ])('%j is refused in one sentence', (paths, message) => {
    expect(() => read('FOLDER', paths)).toThrow(
      expect.objectContaining({
        code: 'DATASET_INVALID',
        message: expect.stringContaining(message) as string,
      }),
    );
  });
});

test('an unknown tag is answered with the known ones', () => {
  expect(() => findMacroReader('FERPLUS')).toThrow(
    expect.objectContaining({
      code: 'OPTION_INVALID',
      hint: expect.stringContaining('CKPLUS') as string,
    }),
  );
  expect(() => findMacroReader('constructor')).toThrow(/no dataset of expressions/);
  expect(Object.values(macroReaders).every(({ layout }) => layout.length > 5)).toBe(true);
});

describe('what is held out', () => {
  const sample = (over: Partial<SplitSample>, i: number): SplitSample => ({
    label: i % 2 === 0 ? 'a' : 'b',
    hash: `h${i}`,
    ...over,
  });
  const many = (count: number, of: (i: number) => Partial<SplitSample>): SplitSample[] =>
    Array.from({ length: count }, (_, i) => sample(of(i), i));

  test('no subject and no image is on both sides of the split, within a dataset or across datasets', () => {
    fc.assert(
      fc.property(fc.integer(), fc.boolean(), (seed, hasSubjects) => {
        const random = createRandom(seed);
        const one = many(120, (i) => ({
          hash: `h${random.integer(90)}`,
          ...(hasSubjects && { subject: `p${i % 17}` }),
        }));
        const two = many(80, (i) => ({
          hash: `h${random.integer(400)}`,
          part: i % 5 === 0 ? ('validation' as const) : ('train' as const),
        }));
        const split = splitMacro(
          new Map([
            ['one', one],
            ['two', two],
          ]),
          seed,
        );
        const sets = [...split].map(([name, parts]) => ({
          ...parts,
          samples: name === 'one' ? one : two,
        }));
        const asked = new Set(
          sets.flatMap(({ samples, validation }) => validation.map((at) => samples[at]!.hash)),
        );
        for (const { samples, train, validation, dropped } of sets) {
          expect(train.some((at) => asked.has(samples[at]!.hash))).toBe(false);
          expect(train.length + validation.length + dropped.length).toBe(samples.length);
          expect(validation.length).toBeGreaterThan(0);
        }
        if (!hasSubjects) return;
        const tested = new Set(sets[0]!.validation.map((at) => one[at]!.subject));
        expect(sets[0]!.train.some((at) => tested.has(one[at]!.subject))).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  test("the dataset's own part is taken as it is, and a tenth else", () => {
    const own = many(50, (i) => ({ part: i < 7 ? 'validation' : 'train' }));
    expect(splitMacro(new Map([['x', own]]), 1).get('x')!.validation).toHaveLength(7);
    const tenth = splitMacro(new Map([['x', many(200, () => ({}))]]), 1).get('x')!;
    expect(tenth.validation).toHaveLength(20);
  });

  test('a single subject cannot be held out', () => {
    const alone = many(20, () => ({ subject: 'p' }));
    expect(() => splitMacro(new Map([['JAFFE', alone]]), 1)).toThrow(/JAFFE has too few subjects/);
  });
});
