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
  const random = createRandom(seed);
  const shapes = new Map<number, FaceShape>();
  for (let index = 0; index < count; index++) {
    const own = random.fork(index);
    const face = index % FACES;
    const shape = shapes.get(face) ?? drawFaceShape(random.fork(-1 - face));
    shapes.set(face, shape);
    const emotion = SYNTHETIC_EMOTIONS[(index >> 1) % SYNTHETIC_EMOTIONS.length]!;
    const shown = index % 2 === 0 ? drawUnits(own, emotion) : combine(own, units);
    yield syntheticFlowImage(own, shown, { shape });
  }
}

function combine(random: Random, units: readonly number[]): string {
  const count = [1, 1, 2, 2, 3][random.integer(5)]!;
  return random
    .shuffle(units)
    .slice(0, count)
    .map((unit) => `${['L', 'R', '', '', '', '', '', ''][random.integer(8)]!}${unit}`)
    .join('+');
}
