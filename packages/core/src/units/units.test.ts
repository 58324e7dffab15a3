/** @file Recognition of units: what a fit learns, what it answers for subjects that it did not see, and its file. */
import { describe, expect, test } from 'vitest';

import { createRandom } from '../base/random.ts';
import { flowInput } from '../nets/input.ts';
import { calibrateUnit, probabilityOf } from './calibrate.ts';
import { mirrorFeatures, UNIT_CELLS, UNIT_FEATURES, unitFeatures } from './features.ts';
import {
  decideUnits,
  faceDecision,
  fitUnits,
  syntheticPart,
  type CodedFace,
  type Shown,
} from './fit.ts';
import {
  answerOf,
  readUnitsModel,
  recognizeUnits,
  writeUnitsModel,
  type UnitAnswer,
} from './model.ts';
import { namedUnits, syntheticUnitsNotation, unitsNotation, verdictWithUnits } from './notation.ts';
import { asymmetryOf, fitSides, noSides, oddFeatures, scaleSides, sideOf } from './sides.ts';
import { fitSyntheticUnits } from './synthetic-only.ts';
import { ACTION_UNITS, actionUnitOf, SYNTHETIC_UNITS, unitLabel } from './vocabulary.ts';

const AREA = UNIT_CELLS * UNIT_CELLS;
/** Cells of v that one side moves; the subject's left is the right of the image. */
const cells = (side: 'left' | 'right'): number[] =>
  [2, 3, 4, 5, 6].flatMap((row) =>
    [1, 2, 3, 4, 5].map((column) => {
      const at = side === 'left' ? UNIT_CELLS - 1 - column : column;
      return AREA + row * UNIT_CELLS + at;
    }),
  );

/** Faces of which a patch of v moves on the sides that show the unit; noise everywhere. */
function faces(seed: number, count: number): CodedFace[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, i) => {
    const [left, right] = [Number(random.uniform() < 0.4), Number(random.uniform() < 0.4)] as [
      0 | 1,
      0 | 1,
    ];
    const features = Float64Array.from({ length: UNIT_FEATURES }, () => 0.3 * random.normal());
    for (const i of cells('left')) features[i]! += left;
    for (const i of cells('right')) features[i]! += right;
    return { subject: `s${i % 6}`, features, left: [left], right: [right] };
  });
}

describe('features', () => {
  test('are means over cells of u, v and strain', () => {
    const input = Float32Array.from({ length: 3 * 784 }, (_, i) => Math.floor(i / 784) + 1);
    input[1] = 5; // of u, in the first cell, whose other three pixels are 1
    const features = unitFeatures(input);
    expect(features).toHaveLength(UNIT_FEATURES);
    expect([features[0], features[1], features[AREA], features[2 * AREA]]).toEqual([2, 1, 2, 3]);
    expect(() => unitFeatures(new Float32Array(3 * 900))).toThrow(/14×14 cells/);
  });

  test('of the mirrored face: columns reversed, u turned around, twice the same', () => {
    const [face] = faces(1, 1);
    const mirrored = mirrorFeatures(face!.features);
    expect(mirrored[0]).toBe(-face!.features[UNIT_CELLS - 1]!);
    expect(mirrored[cells('left')[7]!]).toBe(face!.features[cells('right')[7]!]);
    expect([...mirrorFeatures(mirrored)].map((v) => v + 0)).toEqual([...face!.features]);
  });
});

describe('a fit', () => {
  const train = faces(2, 60);
  const fit = fitUnits(train, { units: 1 });

  test('recognizes a unit and its side in faces that it did not see', () => {
    const unseen = faces(3, 40);
    const right = unseen.filter(({ features, ...shown }) => {
      const { left, right } = decideUnits(fit, features);
      return left[0]! > 0 === (shown.left[0] === 1) && right[0]! > 0 === (shown.right[0] === 1);
    });
    expect(right.length).toBeGreaterThanOrEqual(36);
  });

  test('answers for a subject as a fit without that subject, with the same weights of classes', () => {
    // The weights of the classes follow the counts of a training: a subject that has as many of each as it takes away
    // leaves them, and the formula must then agree with training again.
    const moved = train.map((face, i) => ({ ...face, subject: i < 2 ? 'twins' : face.subject }));
    moved[0] = { ...moved[0]!, left: [1], right: [0] };
    moved[1] = { ...moved[1]!, left: [0], right: [1] };
    const rest = moved.slice(2);
    const positives = rest.flatMap(({ left, right }) => [left[0], right[0]]).filter(Boolean).length;
    const half = rest.map((face) => ({ ...face })) as CodedFace[];
    expect(positives).toBeGreaterThan(0);
    const whole = fitUnits(moved, { units: 1 });
    const without = fitUnits(half, { units: 1 });
    for (const i of [0, 1]) {
      const again = decideUnits(without, moved[i]!.features);
      // Standardization and class weights differ by what two of sixty faces change.
      expect(whole.unseen[i]!.left[0]).toBeCloseTo(again.left[0]!, 0);
      const seen = decideUnits(whole, moved[i]!.features);
      const error = (value: number, target: number): number => Math.abs(value - target);
      expect(error(whole.unseen[i]!.left[0]!, again.left[0]!)).toBeLessThan(
        error(seen.left[0]!, again.left[0]!),
      );
    }
  });

  test('learns nothing from what is not known', () => {
    const relabeled = (label: (shown: Shown) => Shown): number => {
      const some = train.map((face, i) =>
        i < 40 ? face : { ...face, left: face.left.map(label), right: face.right.map(label) },
      );
      return decideUnits(fitUnits(some, { units: 1 }), train[0]!.features).left[0]!;
    };
    const [right, unknown, wrong] = [
      relabeled((shown) => shown),
      relabeled(() => undefined),
      relabeled((shown) => (shown === 1 ? 0 : 1)),
    ].map((decision) => decision * (train[0]!.left[0] === 1 ? 1 : -1));
    expect(wrong).toBeLessThan(unknown! - 0.1);
    expect(Math.abs(right! - unknown!)).toBeLessThan(right! - wrong!);
  });

  test('learns from synthetic faces what the real ones do not show', () => {
    const absent = train.map((face) => ({ ...face, left: [undefined], right: [undefined] }));
    const synthetic = syntheticPart(faces(5, 200), 1);
    const { left } = decideUnits(
      fitUnits(absent, { units: 1, synthetic }),
      faces(2, 1)[0]!.features,
    );
    expect(left[0]! > 0).toBe(train[0]!.left[0] === 1);
    expect(() => fitUnits([], { units: 1 })).toThrow(/no clip with coded action units/);
  });
});

test('a fit believes synthetic faces where real ones are few, or show a unit beside others only', () => {
  // Real faces show unit 0 on the left side by one patch; synthetic ones show it by the patch of the right side.
  const real = (count: number, others: Shown): CodedFace[] =>
    faces(11, count).map((face) => {
      const beside = face.left[0] === 1 ? others : 0;
      return { ...face, left: [face.left[0], beside], right: [0, 0] };
    });
  const taught = faces(12, 80).map(({ right, ...face }) => {
    return { ...face, left: [right[0], 0] as Shown[], right: [0, 0] as Shown[] };
  });
  const synthetic = syntheticPart(taught, 2);
  const patch = (side: 'left' | 'right'): Float64Array => {
    const features = new Float64Array(UNIT_FEATURES);
    for (const i of cells(side)) features[i] = 1;
    return features;
  };
  /** By how much the patch of real faces speaks more for the unit than that of synthetic ones. */
  const believed = (train: readonly CodedFace[]): number => {
    const fit = fitUnits(train, { units: 2, synthetic });
    const [own, other] = (['left', 'right'] as const).map(
      (side) => decideUnits(fit, patch(side)).left[0]!,
    );
    return own! - other!;
  };
  const alone = believed(real(60, 0));
  expect(alone).toBeGreaterThan(0.2);
  expect(believed(real(60, 1))).toBeLessThan(alone - 0.1);
  expect(believed(real(5, 0))).toBeLessThan(0);
});

describe('probabilities', () => {
  test('are those of the decisions, and never fall with them', () => {
    const random = createRandom(7);
    const labeled = Array.from({ length: 4000 }, () => {
      const decision = random.normal();
      return { decision, present: random.uniform() < 1 / (1 + Math.exp(2 - 1.5 * decision)) };
    });
    const { slope, offset } = calibrateUnit(labeled);
    expect(slope).toBeCloseTo(1.5, 0);
    expect(offset).toBeCloseTo(-2, 0);
    const wrong = calibrateUnit(labeled.map((one) => ({ ...one, present: !one.present })));
    expect(wrong.slope).toBeGreaterThan(0);
    const separate = [-1, -0.5, 0.5, 1].map((d) => ({ decision: d, present: d > 0 }));
    expect(probabilityOf(1, calibrateUnit(separate))).toBeLessThan(1);
  });
});

describe('the file', () => {
  const sides = scaleSides(fitSides(1, { train: faces(2, 60), others: faces(3, 60) }), faces(4, 60)); // prettier-ignore
  const fit = fitUnits(faces(2, 60), { units: 1 });
  const bytes = writeUnitsModel({
    ...fit,
    calibrations: [{ slope: 2, offset: -0.5 }],
    sides,
    card: { units: [12], score: 'good' },
  });

  test('gives the same answers', () => {
    const model = readUnitsModel(bytes);
    expect(model.card).toMatchObject({ units: [12], score: 'good' });
    const image = { data: new Uint8Array(3 * 784), width: 28, height: 28, channels: 3 as const };
    image.data.forEach((_, i) => (image.data[i] = (i * 37) % 251));
    const [answer] = recognizeUnits(model, image);
    const { left, right } = decideUnits(fit, unitFeatures(new Float32Array(3 * 784)));
    expect(answer!.unit).toBe(12);
    const features = unitFeatures(flowInput(image));
    const side = sideOf(asymmetryOf(sides, features)[0]!, sides.thresholds[0]!);
    expect(answer!.side).toBe(side);
    expect(model.sides.thresholds).toEqual(sides.thresholds);
    expect(decideUnits(model, unitFeatures(new Float32Array(3 * 784))).left[0]).toBeCloseTo(
      left[0]!,
      4,
    );
    expect(faceDecision(left[0]!, right[0]!)).toBeCloseTo(left[0]!, 6); // an empty image has no side
  });

  test('is refused where it is another, or damaged', () => {
    expect(() => readUnitsModel(bytes.subarray(0, 40))).toThrow(/cannot be read/);
    const broken = Uint8Array.from(bytes);
    broken.fill(255, broken.length - 64);
    expect(() => readUnitsModel(broken)).toThrow(/finite numbers/);
  });
});

describe('units learned from synthetic movements alone', () => {
  const train = faces(22, 200);
  const others = faces(23, 200);
  const without = ({ left, right }: CodedFace): boolean => left[0] === 0 && right[0] === 0;
  const real = faces(21, 160).filter(without);
  const fit = fitSyntheticUnits(1, { train, others, real });
  const namedBy = (model: typeof fit, some: readonly CodedFace[]): readonly CodedFace[] =>
    some.filter(({ features }) => {
      const { left, right } = decideUnits(model, features);
      return faceDecision(left[0]!, right[0]!) >= 0;
    });

  test('are recognized in faces that show them, and named in few real ones that do not', () => {
    const shown = faces(24, 300).filter(({ left, right }) => left[0] === 1 && right[0] === 1);
    expect(shown.length).toBeGreaterThan(20);
    expect(namedBy(fit, shown).length).toBeGreaterThan(0.9 * shown.length);
    expect(namedBy(fit, real).length).toBeLessThanOrEqual(0.03 * real.length);
    // Faces that move alike though no coder wrote the unit raise the threshold.
    const alike = [...real, ...shown.map((face) => ({ ...face, left: [0], right: [0] }) as const)];
    const careful = fitSyntheticUnits(1, { train, others, real: alike });
    expect(namedBy(careful, shown).length).toBeLessThan(0.5 * shown.length);
  });

  test('are marked as such in answers, in words and in the file', () => {
    const own = fitUnits(faces(2, 60), { units: 1 });
    const bytes = writeUnitsModel({
      ...{ ...own, weights: [...own.weights, ...fit.weights] },
      calibrations: [
        { slope: 2, offset: -0.5 },
        { slope: 0.1, offset: -4 },
      ],
      sides: scaleSides(noSides(2), real),
      card: { units: [12], syntheticUnits: [18], score: 'good' },
    });
    const model = readUnitsModel(bytes);
    expect(model.card).toMatchObject({ units: [12], syntheticUnits: [18] });
    const image = { data: new Uint8Array(3 * 784), width: 28, height: 28, channels: 3 as const };
    const answers = recognizeUnits(model, image);
    expect(answers.map(({ unit, learnedFrom }) => [unit, learnedFrom])).toEqual([
      [12, undefined],
      [18, 'synthetic'],
    ]);
    // Without a threshold no side was measured, which is stated.
    expect(answers.map(({ side, sideMeasured }) => [side, sideMeasured])).toEqual([
      ['both', false],
      ['both', false],
    ]);
    const shown = answers.map((one) => ({ ...one, verdict: 'unsure' as const }));
    expect([unitsNotation(shown), syntheticUnitsNotation(shown)]).toEqual(['12?', '18?']);
    expect(verdictWithUnits('positive', shown.slice(1))).toBe(
      'positive: AU18 (unsure, synthetic only)',
    );
  });

  test('have names in both languages, and are none of the others', () => {
    for (const { unit, name, chinese, muscles } of SYNTHETIC_UNITS) {
      expect(ACTION_UNITS.map((one) => one.unit)).not.toContain(unit);
      expect(actionUnitOf(unit)?.name).toBe(name);
      for (const text of [name, chinese, muscles]) expect(text).not.toBe('');
    }
  });
});

test('a unit is named from decision 0 on, surely where it is more probable than not', () => {
  const verdict = (decision: number): string =>
    answerOf(decision, { slope: 2, offset: -0.5 }).verdict;
  expect([verdict(0.6), verdict(0.1), verdict(-0.1)]).toEqual(['sure', 'unsure', 'absent']);
});

test('units are listed clearest first in words, and by number as coders write them', () => {
  const answer = (unit: number, decision: number, probability: number): UnitAnswer => ({
    ...{ unit, probability, decision, side: 'both' },
    verdict: decision < 0 ? 'absent' : probability < 0.5 ? 'unsure' : 'sure',
  });
  const answers = [answer(2, 0.2, 0.6), answer(4, -0.1, 0.2), answer(5, 0.5, 0.02)];
  expect(namedUnits(answers).map(({ unit }) => unit)).toEqual([5, 2]);
  expect(verdictWithUnits('surprise', answers)).toBe('surprise: AU5 (unsure), AU2');
  expect(unitsNotation(answers)).toBe('2+5?');
  // A report of a version that stated no decisions.
  const before = [answers[2]!, answers[1]!, answers[0]!].map(({ unit, probability, verdict, side }) => ({ unit, probability, verdict, side })); // prettier-ignore
  expect(namedUnits(before).map(({ unit }) => unit)).toEqual([5, 2]);
  expect(unitsNotation(before)).toBe('2+5?');
});

describe('sides', () => {
  const sides = scaleSides(fitSides(1, { train: faces(2, 120), others: faces(3, 60) }), faces(2, 120)); // prettier-ignore

  test('are distinguished in faces that took no part, and turn around in the mirror', () => {
    const shown = faces(8, 60).filter(({ left, right }) => left[0] === 1 || right[0] === 1);
    const wanted = shown.map(({ left, right }) =>
      left[0] === right[0] ? 'both' : left[0] === 1 ? 'left' : 'right',
    );
    expect(new Set(wanted).size).toBe(3);
    const found = shown.map(({ features }) => asymmetryOf(sides, features)[0]!);
    const right = found.filter((one, i) => sideOf(one, sides.thresholds[0]!) === wanted[i]);
    expect(right.length).toBeGreaterThanOrEqual(0.9 * shown.length);
    const mirrored = shown.map(({ features }) => asymmetryOf(sides, mirrorFeatures(features))[0]!);
    mirrored.forEach((one, i) => expect(one).toBeCloseTo(-found[i]!, 9));
  });

  test('are both where training cannot teach them', () => {
    const alike = faces(2, 60).map((face) => ({ ...face, right: face.left }));
    expect(fitSides(1, { train: alike, others: alike }).thresholds).toEqual([null]);
    expect(noSides(1).thresholds).toEqual([null]);
    expect([sideOf(5, null), sideOf(-5, 0.4), sideOf(0.3, 0.4)]).toEqual(['both', 'right', 'both']);
    expect(oddFeatures(faces(1, 1)[0]!.features)).toHaveLength(UNIT_FEATURES / 2);
  });
});

test('units have names in both languages', () => {
  expect(ACTION_UNITS).toHaveLength(12);
  expect(actionUnitOf(4)).toMatchObject({ name: 'brow lowerer', chinese: '皱眉' });
  expect(actionUnitOf(45)).toBeUndefined();
  expect([unitLabel(12, 'left'), unitLabel(4)]).toEqual(['AU12 left', 'AU4']);
});
