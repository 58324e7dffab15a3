/** @file Flow images of action units, from which the recognizer of units learns beside real ones. */
import type { RgbImage } from '../base/image.ts';
import { createRandom, type Random } from '../base/random.ts';
import { drawUnits, SYNTHETIC_EMOTIONS } from './emotions.ts';
import { drawFaceShape, syntheticFlowImage, type FaceShape } from './flow-fields.ts';

/** A flow image with the units that it shows. */
export interface UnitSample {
  /** R = u, G = v, B = optical strain, 28×28 pixels. */
  readonly image: RgbImage;
  /** As a coder writes them: `4+L10`. */
  readonly units: string;
}

/** Options of {@link unitSamples}. */
export interface UnitSampleOptions {
  /** The same seed gives the same images. */
  readonly seed: number;
  /** Units of the half that follows no emotion. */
  readonly units: readonly number[];
}

/** Synthetic faces that the samples are distributed over. */
const FACES = 200;

/**
 * Flow images one after the other: in turn the units of an emotion, all emotions equally often, and one to three units
 * at random, each of which acts on one side in a quarter of the cases.
 */
export function* unitSamples(
  count: number,
  { seed, units }: UnitSampleOptions,
): Generator<UnitSample, void, undefined> {
  yield* drawSamples(count, seed, {
    draw: (random, index) => {
      const emotion = SYNTHETIC_EMOTIONS[(index >> 1) % SYNTHETIC_EMOTIONS.length]!;
      return index % 2 === 0
        ? drawUnits(random, emotion)
        : combine(random, units, { sides: ONE_IN_FOUR });
    },
  });
}

/**
 * Flow images that teach units one by one: one or two at random, no combinations of emotions, of which every fourth unit acts
 * on one side. What spoils flow is .7 as strong as in {@link unitSamples}.
 */
export function* singleUnitSamples(
  count: number,
  { seed, units }: UnitSampleOptions,
): Generator<UnitSample, void, undefined> {
  yield* drawSamples(count, seed, {
    draw: (random) => combine(random, units, { sides: ONE_IN_FOUR, counts: [1, 1, 2] }),
    nuisance: 0.7,
  });
}

/**
 * Flow images from which sides are learned: one to three units at random, each of which acts on the left, on the right,
 * or on both sides as often as on one. What spoils flow is half as strong as in {@link unitSamples}: thresholds from
 * noisier images call more of the clean two-sided movements one-sided.
 */
export function* sidedSamples(
  count: number,
  options: UnitSampleOptions,
): Generator<UnitSample, void, undefined> {
  yield* drawSides(count, options, false);
}

/** As {@link sidedSamples}, where each half of the chin is raised by a muscle of its own, so that one can act alone. */
export function* pairedSamples(
  count: number,
  options: UnitSampleOptions,
): Generator<UnitSample, void, undefined> {
  yield* drawSides(count, options, true);
}

function* drawSides(
  count: number,
  { seed, units }: UnitSampleOptions,
  isPaired: boolean,
): Generator<UnitSample, void, undefined> {
  yield* drawSamples(count, seed, {
    draw: (random) => combine(random, units, { sides: EVERY_OTHER }),
    ...{ nuisance: 0.5, isPaired },
  });
}

interface Drawing {
  /** The units of an image. */
  readonly draw: (random: Random, index: number) => string;
  readonly nuisance?: number;
  readonly isPaired?: boolean;
}

function* drawSamples(
  count: number,
  seed: number,
  { draw, nuisance = 1, isPaired = false }: Drawing,
): Generator<UnitSample, void, undefined> {
  const random = createRandom(seed);
  const shapes = new Map<number, FaceShape>();
  for (let index = 0; index < count; index++) {
    const own = random.fork(index);
    const face = index % FACES;
    const shape = shapes.get(face) ?? drawFaceShape(random.fork(-1 - face));
    shapes.set(face, shape);
    yield syntheticFlowImage(own, draw(own, index), { shape, nuisance, isPaired });
  }
}

/** Sides to draw from: one-sided in a quarter of the cases, in half of them. */
const ONE_IN_FOUR = ['L', 'R', '', '', '', '', '', ''] as const;
const EVERY_OTHER = ['L', 'R', '', ''] as const;

function combine(
  random: Random,
  units: readonly number[],
  { sides, counts = [1, 1, 2, 2, 3] }: { sides: readonly string[]; counts?: readonly number[] },
): string {
  const count = counts[random.integer(counts.length)]!;
  return random
    .shuffle(units)
    .slice(0, count)
    .map((unit) => `${sides[random.integer(sides.length)]!}${unit}`)
    .join('+');
}
