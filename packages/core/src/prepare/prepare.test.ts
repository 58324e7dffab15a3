/** @file A synthetic clip becomes what it shows; which frames that takes, and when what is kept no longer fits. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { TelltaleError } from '../base/errors.ts';
import type { RgbImage } from '../base/image.ts';
import { parseActionUnits } from '../datasets/action-units.ts';
import { parseFlowFolder } from '../datasets/flow-folder.ts';
import { cropImage } from '../face/crops.cases.ts';
import { openTestModels, sampleImage } from '../face/face.cases.ts';
import { findFace } from '../face/find.ts';
import type { FaceRegion } from '../face/landmarks.ts';
import type { FaceModels } from '../face/models.ts';
import { createTvl1, type Tvl1 } from '../motion/tvl1.ts';
import { synthesize } from '../synth/synthesize.ts';
import { prepareClip } from './clip.ts';
import { clipIdentity, neededFrames, resolvePreparation } from './options.ts';
import type { FrameContent, ExpressionSpan } from './options.ts';
import { mergeSheet, sheetText } from './sheet.ts';
import type { PreparedRow } from './sheet.ts';

let face: FaceModels;
let tvl1: Tvl1;
/** Frames of a synthetic clip by number, from 101 on: file names need not begin with 1. */
const frames = new Map<number, RgbImage>();
let span: ExpressionSpan & { readonly apex: number };

beforeAll(async () => {
  face = await openTestModels();
  tvl1 = await createTvl1();
  const photo = await sampleImage(3, 640);
  const { landmarks } = await findFace(face, photo);
  const clip = synthesize(photo, landmarks, {
    ...{ kind: 'lip-corner-pull', rate: 100, seconds: 0.6, onset: 0.1, duration: 0.4 },
    ...{ amplitude: 3, width: 300, height: 340, interocular: 70, seed: 4, noise: 1 },
  });
  for await (const frame of clip.frames()) {
    frames.set(101 + frame.index, {
      data: frame.data,
      width: frame.width,
      height: frame.height,
      channels: 3,
    });
  }
  const [{ onset, apex, offset }] = clip.truth.events as [(typeof clip.truth.events)[number]];
  const at = ({ frame }: { readonly frame: number }): number => 101 + frame;
  span = { onset: at(onset), apex: at(apex), offset: at(offset), framesPerSecond: 100 };
});
afterAll(() => face.close());

const source = (left: readonly number[] = [], read: number[] = []) => ({
  numbers: [...frames.keys()].filter((number) => !left.includes(number)),
  read: (number: number) => {
    read.push(number);
    return Promise.resolve(frames.get(number)!);
  },
});

/** The same frames cropped to the face, from the brows to the chin. */
const croppedSource = ({ x, y, size }: FaceRegion): ReturnType<typeof source> => {
  const { numbers, read } = source();
  const [width, height] = [Math.round(0.5 * size), Math.round(0.58 * size)];
  const [left, top] = [Math.round(x - width / 2), Math.round(y - 0.22 * size)];
  return {
    numbers,
    read: async (number) => cropImage(await read(number), { left, top, width, height }),
  };
};

/** Pearson's correlation. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const centered = (values: readonly number[]): number[] => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.map((value) => value - mean);
  };
  const [p, q] = [centered(a), centered(b)];
  const product = (x: readonly number[], y: readonly number[]): number =>
    x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return product(p, q) / Math.sqrt(product(p, p) * product(q, q));
}

describe('a clip', () => {
  test('becomes images of every size, out of two frames', async () => {
    const read: number[] = [];
    const options = resolvePreparation({ sizes: [28, 112], planes: ['onset', 'apex'] });
    const found = await prepareClip(source([], read), span, { options, tools: { face, tvl1 } });
    expect(new Set(read)).toEqual(new Set([span.onset, span.apex]));
    expect(found).toMatchObject({ apex: span.apex, isFound: false, headMoved: false });
    expect([...found.images.keys()]).toEqual([28, 112]);
    const [, finest] = [...found.images.values()].map(({ ranges }) => ranges);
    for (const [size, { flow, faces, ranges }] of found.images) {
      // Both corners of the mouth go outward and up, by somewhat less than the 3 of 70 pixels that were planted.
      for (const most of [-ranges[0], ranges[1], -ranges[2]]) {
        expect(most).toBeGreaterThan(1.5);
        expect(most).toBeLessThan((100 * 3) / 70);
      }
      expect(ranges[3]).toBeLessThan(0.5);
      expect(ranges[4]).toBeGreaterThanOrEqual(0);
      // Finer cells average less.
      expect(ranges[5]).toBeLessThanOrEqual(finest![5]);
      expect([flow.width, flow.height, flow.channels]).toEqual([size, size, 3]);
      expect(Object.keys(faces)).toEqual(['apex', 'onset']);
      // Corners of the mouth are pulled up: least v lies in the lower half, where the mouth is.
      const v = Array.from({ length: size * size }, (_, i) => flow.data[3 * i + 1]!);
      const upward = v.map((value, i) => ({ value, row: Math.floor(i / size) / size }));
      const strongest = upward.sort((a, b) => a.value - b.value).slice(0, size);
      const rows = strongest.map(({ row }) => row).sort((a, b) => a - b);
      expect(rows[rows.length >> 1]).toBeGreaterThan(0.5);
      expect(faces.apex!.data).not.toEqual(faces.onset!.data);
    }
  });

  test('without an apex is searched for it, and with a magnified plane read as a whole', async () => {
    const read: number[] = [];
    const options = resolvePreparation({ planes: ['apex', 'magnified'] });
    const { apex, isFound, images } = await prepareClip(
      source([], read),
      { ...span, apex: undefined },
      { options, tools: { face, tvl1 } },
    );
    expect(isFound).toBe(true);
    expect(Math.abs(apex - span.apex)).toBeLessThanOrEqual(0.1 * (span.offset - span.onset + 1));
    const { apex: plain, magnified } = images.get(28)!.faces;
    const change = magnified!.data.map((value, i) => Math.abs(value - plain!.data[i]!));
    expect(Math.max(...change)).toBeGreaterThan(4);
  });

  test('of frames that show nothing but a face is prepared too, and what was done is kept', async () => {
    const options = resolvePreparation({ planes: [] });
    const { region } = await findFace(face, frames.get(span.onset)!);
    const tools = { face, tvl1 };
    const cropped = await prepareClip(croppedSource(region), span, { options, tools });
    const whole = await prepareClip(source(), span, { options, tools });
    expect([whole.framing, cropped.framing]).toEqual(['whole', 'padded']);
    const [a, b] = [whole, cropped].map(({ images }) => Array.from(images.get(28)!.flow.data));
    expect(correlation(a!, b!)).toBeGreaterThan(0.8);
  });

  test('names what is missing: a face, a frame, a size', async () => {
    const options = resolvePreparation();
    const grey = { data: new Uint8Array(3 * 200 * 200).fill(90), width: 200, height: 200, channels: 3 } as const; // prettier-ignore
    const run = (frames_: Parameters<typeof prepareClip>[0]): Promise<unknown> =>
      prepareClip(frames_, span, { options, tools: { face, tvl1 } });
    await expect(run({ ...source(), read: () => Promise.resolve(grey) })).rejects.toMatchObject({
      code: 'FACE_NOT_FOUND',
    });
    await expect(run(source([span.apex]))).rejects.toThrow(`frame ${span.apex}`);
    await expect(
      run({
        ...source(),
        read: (number) => Promise.resolve(number === span.apex ? grey : frames.get(number)!),
      }),
    ).rejects.toMatchObject({ code: 'FRAMES_SIZE_CHANGED' });
  });
});

describe('frames that are needed', () => {
  const numbers = Array.from({ length: 100 }, (_, i) => i + 1);
  const clip = { onset: 30, apex: 50, offset: 80, framesPerSecond: 100 };

  test('two where the apex is given, the expression where it is not, and more to magnify', () => {
    expect(neededFrames(clip, numbers, { planes: [] })).toEqual([30, 50]);
    const searched = neededFrames({ ...clip, apex: undefined }, numbers, { planes: [] });
    expect([searched[0], searched.at(-1), searched.length]).toEqual([30, 80, 51]);
    const magnified = neededFrames(clip, numbers, { planes: ['magnified'] });
    expect([magnified[0], magnified.at(-1)]).toEqual([5, 50]);
    // An apex that is the onset is none.
    expect(neededFrames({ ...clip, apex: 30 }, numbers, { planes: [] })).toHaveLength(51);
  });

  test('refuse what is not an expression', () => {
    expect(() => neededFrames({ ...clip, offset: 30 }, numbers, { planes: [] })).toThrow(
      TelltaleError,
    );
    expect(() => neededFrames(clip, [], { planes: [] })).toThrow('frame 30 and frame 50');
    expect(() => neededFrames({ ...clip, apex: undefined }, [30, 90], { planes: [] })).toThrow(
      'any frame from 31 to 80',
    );
  });
});

describe('what a clip is known by', () => {
  const files: FrameContent[] = [
    { number: 30, sha256: 'a1' },
    { number: 50, sha256: 'b2' },
  ];
  const clip = { onset: 30, apex: 50, offset: 80, framesPerSecond: 100 };
  const making = { planes: ['apex'] as const, size: 28, models: ['c3', 'd4'] };
  const identity = clipIdentity(clip, files, making);

  test('changes with whatever the images depend on', () => {
    const others = [
      clipIdentity({ ...clip, onset: 29 }, files, making),
      clipIdentity({ ...clip, apex: 51 }, files, making),
      clipIdentity({ ...clip, apex: undefined }, files, making),
      clipIdentity(clip, [files[0]!, { ...files[1]!, sha256: 'b3' }], making),
      clipIdentity(clip, [files[0]!, { ...files[1]!, number: 51 }], making),
      clipIdentity(clip, [files[0]!], making),
      clipIdentity(clip, files, { ...making, size: 112 }),
      clipIdentity(clip, files, { ...making, planes: ['apex', 'onset'] }),
      clipIdentity(clip, files, { ...making, planes: ['apex', 'magnified'], alpha: 10 }),
      clipIdentity(clip, files, { ...making, planes: ['apex', 'magnified'], alpha: 20 }),
      clipIdentity(clip, files, { ...making, models: ['c3', 'd5'] }),
    ];
    const texts = [identity, ...others].map((one) => JSON.stringify(one));
    expect(new Set(texts).size).toBe(others.length + 1);
  });

  test('does not change with what they do not depend on', () => {
    expect(clipIdentity({ ...clip, offset: 81, framesPerSecond: 25 }, files, making)).toEqual(
      identity,
    );
  });
});

test('options are put in order, and what cannot be made is refused', () => {
  expect(resolvePreparation()).toEqual({ sizes: [28], planes: ['apex', 'onset'] });
  const all = resolvePreparation({ planes: ['magnified', 'apex'], sizes: [28, 28, 112] });
  expect(all).toEqual({
    sizes: [28, 112],
    planes: ['apex', 'magnified'],
    alpha: 10,
  });
  for (const sizes of [[], [7], [300], [28.5]]) {
    expect(() => resolvePreparation({ sizes })).toThrow(TelltaleError);
  }
  expect(() => resolvePreparation({ alpha: 0 })).toThrow('alpha');
});

describe('the sheet', () => {
  const rowOf = (dataset: string, clip: string): PreparedRow => ({
    annotation: {
      ...{ dataset, subject: 's1', clip, folder: 'raw, all/x', onset: 1, offset: 9 },
      ...{ framesPerSecond: 200, emotion: 'happiness', actionUnits: ['6', 'L12'], kind: 'micro' },
    },
    ...{ apex: 5, isFound: true, flow: `clips/${dataset}/${clip}/flow.png` },
    faces: { apex: `clips/${dataset}/${clip}/apex.png` },
  });

  test('is read as samples', () => {
    const [sample] = parseFlowFolder(sheetText([rowOf('CASME II', 'EP "1"')]));
    expect(sample).toEqual({
      id: 'CASME II/s1/EP "1"',
      dataset: 'CASME II',
      subject: 'CASME II/s1',
      clip: 'EP "1"',
      emotion: 'happiness',
      file: 'clips/CASME II/EP "1"/flow.png',
      faces: { apex: 'clips/CASME II/EP "1"/apex.png' },
      annotation: {
        ...{ fineEmotion: 'happiness', kind: 'micro', actionUnits: ['6', 'L12'], onset: 1 },
        ...{ apex: 5, apexSource: 'found', offset: 9, framesPerSecond: 200 },
      },
    });
  });

  test('has the factor of a magnified face, and only of one', () => {
    const row = { ...rowOf('A', 'x'), alpha: 20 };
    expect(parseFlowFolder(sheetText([row]))[0]).not.toHaveProperty('alpha');
    const text = sheetText([{ ...row, faces: { magnified: 'clips/m.png' } }]);
    expect(parseFlowFolder(text)[0]).toMatchObject({ alpha: 20 });
    expect(() => parseFlowFolder(text.replace(',20,', ',0,'))).toThrow('an alpha of 0');
    const before = text.replace(/,alpha,.*\n/, '\n').replace(/,20,*\n/, '\n'); // as before there was the column
    const both = parseFlowFolder(mergeSheet(before, [rowOf('B', 'y')], 'B'));
    expect(both.map(({ alpha }) => alpha)).toEqual([undefined, undefined]);
  });

  test('has the amplitude of the flow as numbers, kept beside other datasets', () => {
    const ranges = [-0.31, 0.5, -1.25, 2, 0, 0.75] as const;
    const text = sheetText([{ ...rowOf('A', 'x'), ranges }]);
    const both = mergeSheet(text, [rowOf('B', 'y')], 'B');
    for (const shown of [text, both]) {
      const [header, first] = shown.split('\n').map((line) => line.split(','));
      expect(header!.slice(-6).join(' ')).toBe('u_least u_most v_least v_most strain_least strain_most'); // prettier-ignore
      expect(first!.slice(-6).map(Number)).toEqual(ranges);
    }
    expect(both.split('\n')[2]).toMatch(/,{6}$/);
    expect(parseFlowFolder(both).map(({ id }) => id)).toEqual(['A/s1/x', 'B/s1/y']);
    const before = text.replaceAll(/(?:,[^,\n]*){6}\n/g, '\n'); // as before there were the columns
    expect(before.split('\n')[0]).toMatch(/,alpha$/);
    expect(mergeSheet(before, [rowOf('B', 'y')], 'B')).toContain('\nA,s1,x,');
  });

  test('carries the cell of action units, its intensities, and what is uncertain', () => {
    const row = rowOf('SAMM', 'x');
    for (const cell of ['A1B+L14(C/D)+4(k)', '=4+7', '4; odd', '-4?']) {
      const codedUnits = parseActionUnits(cell);
      const annotation = {
        ...row.annotation,
        ...{ codedUnits, actionUnits: codedUnits.certain, fineEmotion: 'repression' },
      };
      const text = sheetText([{ ...row, annotation }]);
      expect(text).not.toMatch(/(?:^|,)"?[=+@-]/m); // no formula
      const [sample] = parseFlowFolder(text);
      expect(sample!.annotation).toMatchObject({
        fineEmotion: 'repression',
        actionUnitsCell: cell,
        ...(codedUnits.certain.length > 0 && { actionUnits: codedUnits.certain }),
        ...(codedUnits.uncertain.length > 0 && { uncertainUnits: codedUnits.uncertain }),
        ...(codedUnits.unknown.length > 0 && { unknownUnits: codedUnits.unknown }),
      });
    }
    const units = parseActionUnits('A1B+L14(C/D)+4(k)');
    const annotation = { ...row.annotation, codedUnits: units, actionUnits: units.certain };
    const [sample] = parseFlowFolder(sheetText([{ ...row, annotation }]));
    expect(sample!.annotation).toMatchObject({
      ...{ actionUnits: ['1', 'L14'], uncertainUnits: ['4'], asymmetricUnits: ['1'] },
      intensities: { 1: 'B', L14: 'CD' },
    });
  });

  test('one of version 0.1 is read, and kept beside new lines', () => {
    const old = [
      'dataset,subject,clip,emotion,flow,apex,onset,magnified,kind,objective_class,action_units,onset_frame,apex_frame,apex_source,offset_frame,frames_per_second,source',
      'A,s1,x,anger,f.png,,,,micro,,4+7,1,5,given,9,200,raw',
    ].join('\n');
    const [sample] = parseFlowFolder(old);
    expect(sample!.annotation).toMatchObject({ actionUnits: ['4', '7'], apex: 5 });
    const both = parseFlowFolder(mergeSheet(old, [rowOf('B', 'y')], 'B'));
    expect(both.map(({ id }) => id)).toEqual(['A/s1/x', 'B/s1/y']);
    expect(both[0]).toEqual(sample);
  });

  test('keeps other datasets, replaces its own', () => {
    const names = fc.constantFrom('a', 'b', 'c');
    fc.assert(
      fc.property(fc.uniqueArray(names), names, (there, dataset) => {
        const before = there.reduce<string | undefined>(
          (text, name) => mergeSheet(text, [rowOf(name, 'old')], name),
          undefined,
        );
        const samples = parseFlowFolder(mergeSheet(before, [rowOf(dataset, 'new')], dataset));
        const kept = samples.map((sample) => `${sample.dataset} ${sample.clip}`);
        const others = there.filter((name) => name !== dataset).map((name) => `${name} old`);
        expect(kept).toEqual([...others, `${dataset} new`].sort());
      }),
    );
  });

  test('is not written over one that has another origin', () => {
    expect(() => mergeSheet('dataset,subject,clip,flow\na,b,c,d', [], 'a')).toThrow(
      'did not write',
    );
  });
});
