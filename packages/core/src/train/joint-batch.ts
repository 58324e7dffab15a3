/**
 * @file Faces of several datasets as one batch: inputs, targets, and the labels of each dataset
 * within the logits of all.
 */
import type { Random } from '../base/random.ts';
import { facePlaneOf } from '../nets/index.ts';
import type { InputPlane } from '../nets/index.ts';
import { augmentInput } from './augment.ts';
import type { Recipe } from './recipe.ts';

/** One dataset of a joint pretraining. */
export interface JointSource {
  /** Unique: `FER`. */
  readonly name: string;
  /** Names of the dataset's labels, in the order of its head's outputs. */
  readonly classes: readonly string[];
}

/** A face to learn from, gray, of the configuration's size; shape `[size, size]` each. */
export interface JointSample {
  /** Index of its dataset. */
  readonly source: number;
  /** Index of its label within its dataset. */
  readonly label: number;
  /** The face at the height of the expression, row-major, 0 to 255. */
  readonly peak: Uint8Array;
  /** The subject's neutral face, or its substitute. */
  readonly neutral: Uint8Array;
}

/** A logit that stays out of a softmax. */
const OUT = -1e9;

/** The labels of all datasets side by side: `FER/anger`. */
export function jointClasses(sources: readonly JointSource[]): string[] {
  return sources.flatMap(({ name, classes }) => classes.map((label) => `${name}/${label}`));
}

/** The labels of a dataset within those of all. */
export interface Head {
  readonly first: number;
  readonly count: number;
}

/** The place of each dataset's labels. */
export function headsOf(sources: readonly JointSource[]): Head[] {
  let first = 0;
  return sources.map(({ classes }) => {
    const head = { first, count: classes.length };
    first += classes.length;
    return head;
  });
}

/** Options of {@link makeBatch}. */
export interface BatchOptions {
  readonly planes: readonly InputPlane[];
  readonly heads: readonly Head[];
  readonly recipe: Recipe;
  readonly random: Random;
}

/** Changed copies, their smoothed targets, and what keeps the logits of other datasets out. */
export function makeBatch(
  samples: readonly JointSample[],
  { planes, heads, recipe, random }: BatchOptions,
): Readonly<Record<'images' | 'targets' | 'others', Float32Array>> {
  const classes = heads.reduce((sum, { count }) => sum + count, 0);
  const inputs = samples.map((sample) =>
    augmentInput(jointInput(sample, planes), { ...recipe.augment, planes }, random),
  );
  const size = inputs[0]!.length;
  const images = new Float32Array(samples.length * size);
  const targets = new Float32Array(samples.length * classes);
  const others = new Float32Array(samples.length * classes).fill(OUT);
  samples.forEach(({ source, label }, row) => {
    const { first, count } = heads[source]!;
    const from = row * classes + first;
    images.set(inputs[row]!, row * size);
    targets.fill(recipe.labelSmoothing / count, from, from + count);
    targets[from + label]! += 1 - recipe.labelSmoothing;
    others.fill(0, from, from + count);
  });
  return { images, targets, others };
}

/** A face as the network sees it: `[planes, size, size]`. */
export function jointInput(
  { peak, neutral }: Pick<JointSample, 'peak' | 'neutral'>,
  planes: readonly InputPlane[],
): Float32Array {
  const later = facePlaneOf(Float32Array.from(peak));
  const before = facePlaneOf(Float32Array.from(neutral));
  const input = new Float32Array(planes.length * peak.length);
  planes.forEach((plane, i) => {
    const shown =
      plane === 'onset'
        ? before
        : plane === 'difference'
          ? later.map((value, k) => value - before[k]!)
          : later;
    input.set(shown, i * peak.length);
  });
  return input;
}

/** The mean of gray images of one size, rounded to bytes. */
export function meanFace(images: readonly Uint8Array[]): Uint8Array {
  const sum = new Float64Array(images[0]?.length ?? 0);
  for (const image of images) image.forEach((value, i) => (sum[i]! += value));
  return Uint8Array.from(sum, (value) => Math.round(value / images.length));
}

/** Rows whose largest number within their dataset's labels is that of their label. */
export function countRight(
  logits: Float32Array,
  samples: readonly JointSample[],
  heads: readonly Head[],
): number {
  const classes = logits.length / samples.length;
  return samples.filter(({ source, label }, row) => {
    const { first, count } = heads[source]!;
    const own = logits.subarray(row * classes + first, row * classes + first + count);
    return own.indexOf(Math.max(...own)) === label;
  }).length;
}
