/**
 * @file Support vector machines on flow features as something that can be evaluated.
 *
 * The baseline of the field before networks. Every image is learned with its
 * mirror image; since the problems are convex, an image and its mirror then
 * get the same verdict. Features are standardized by the training part, and
 * what each machine leaves open is chosen by cross-validation along the
 * subjects of the training part.
 */
import { TelltaleError } from '../base/errors.ts';
import { pause } from '../base/pause.ts';
import { createRandom, type Random } from '../base/random.ts';
import type { FoldOptions, FoldOutcome, FoldPart, Method } from '../evaluate/folds/method.ts';
import { inputVersion, mirrorInput } from '../nets/input.ts';
import { cellFeatures, standardizer } from './features.ts';
import { fitLinear } from './linear.ts';
import { balancedWeights, type Machine, type Points } from './points.ts';
import { fitRadial, squaredDistances } from './radial.ts';
import { measure, subjectSplits } from './selection.ts';

/** What a machine leaves open. */
interface Setting {
  readonly cost: number;
  /** γ times the number of features: at 1, standardized neighbors are similar. */
  readonly reach?: number;
}

/** A kind of machine. */
interface Kind {
  readonly name: string;
  readonly paper: string;
  /** From the smoothest decision to the roughest: among equals the first is chosen. */
  readonly settings: readonly Setting[];
  /** Ready to be trained on these points with any setting. */
  prepare(points: Points, random: Random): (setting: Setting) => Machine;
}

/** Groups of subjects that settings are chosen on. */
const GROUPS = 5;

const linear: Kind = {
  name: 'svm',
  paper: 'Hsieh et al. 2008, A Dual Coordinate Descent Method for Large-scale Linear SVM, ICML',
  settings: [1e-4, 3e-4, 1e-3, 3e-3, 1e-2].map((cost) => ({ cost })),
  prepare: (points, random) => {
    const weights = balancedWeights(points);
    return ({ cost }) => fitLinear(points, { cost, weights, tolerance: 1e-2, random });
  },
};

const radial: Kind = {
  name: 'svm-rbf',
  paper:
    'Fan et al. 2005, Working Set Selection Using Second Order Information for Training Support Vector Machines, JMLR 6',
  settings: [1, 3, 10].flatMap((cost) => [0.1, 0.3, 1].map((reach) => ({ cost, reach }))),
  prepare: (points) => {
    const shared = { weights: balancedWeights(points), distances: squaredDistances(points.rows) };
    const features = points.rows[0]!.length;
    return ({ cost, reach = 1 }) => fitRadial(points, { cost, gamma: reach / features, ...shared });
  },
};

/** Features of an image and of its mirror image. */
type ImagePair = readonly [Float64Array, Float64Array];

function pairOf(input: Float32Array): ImagePair {
  return [cellFeatures(input), cellFeatures(mirrorInput(input, Math.sqrt(input.length / 3)))];
}

/** Features of all images and their mirror images. */
export function imagePairs(inputs: readonly Float32Array[]): ImagePair[] {
  return inputs.map(pairOf);
}

/** Class scores of an image. */
type Classify = (pair: ImagePair) => number[];

/** Some samples, ready to be learned with any setting. */
function prepare(
  kind: Kind,
  { pairs, labels, classes }: Material,
  random: Random,
): (setting: Setting) => Classify {
  const rows = pairs.flat();
  const standard = standardizer(rows);
  const points = {
    rows: rows.map(standard),
    labels: labels.flatMap((label) => [label, label]),
    classes,
  };
  const fit = kind.prepare(points, random);
  return (setting) => {
    const machine = fit(setting);
    return ([look]) => machine.scores(standard(look));
  };
}

/** The setting with the best score on held-out subjects, and that score. */
async function choose(
  kind: Kind,
  material: Material & { readonly subjects: readonly string[] },
  { seed, signal, progress }: ChooseOptions,
): Promise<{ readonly setting: Setting; readonly measured: number }> {
  const { pairs, labels, subjects, classes } = material;
  const random = createRandom(seed);
  const splits = subjectSplits(subjects, { groups: GROUPS, random: random.fork(0) });
  if (splits.length === 0) return { setting: kind.settings[0]!, measured: 0 };
  const verdicts = kind.settings.map(() => new Array<number>(labels.length).fill(0));
  for (const [k, split] of splits.entries()) {
    const part = {
      pairs: split.train.map((at) => pairs[at]!),
      labels: split.train.map((at) => labels[at]!),
      classes,
    };
    const train = prepare(kind, part, random.fork(2 + k));
    for (const [i, setting] of kind.settings.entries()) {
      const classify = train(setting);
      for (const at of split.test) verdicts[i]![at] = largest(classify(pairs[at]!));
      await pause(signal);
    }
    progress?.((k + 1) / (splits.length + 1));
  }
  const measures = verdicts.map((each) => measure(each, labels, classes));
  const measured = Math.max(...measures);
  return { setting: kind.settings[measures.indexOf(measured)]!, measured };
}

/** How a setting is chosen. */
export type ChooseOptions = Pick<FoldOptions, 'seed' | 'signal' | 'progress'>;

/** The setting of `svm-rbf` for all samples, as a fold chooses it within its training part. */
export async function chooseRadial(
  material: Material & { readonly subjects: readonly string[] },
  options: ChooseOptions,
): Promise<Setting> {
  return (await choose(radial, material, options)).setting;
}

/** The training samples. */
interface Material {
  readonly pairs: readonly ImagePair[];
  readonly labels: readonly number[];
  readonly classes: number;
}

async function trainFold(
  kind: Kind,
  { train, test, classes }: FoldPart & { readonly classes: number },
  options: FoldOptions,
): Promise<FoldOutcome> {
  const { labels, subjects } = train;
  if (labels.length === 0)
    throw new TelltaleError('DATASET_INVALID', 'there is no sample to train on', 'Add samples.');
  const pairs = train.inputs.map(pairOf);
  const material = { pairs, labels, subjects, classes };
  const { setting, measured } = await choose(kind, material, options);
  const random = createRandom(options.seed).fork(1);
  const classify = prepare(kind, material, random)(setting);
  const probabilities = test.inputs.map((input) => softmax(classify(pairOf(input))));
  options.progress?.(1);
  return {
    predictions: [{ epoch: 0, probabilities }],
    losses: [],
    chosen: { ...setting, measured },
  };
}

/** Shares that rise with the scores and sum to 1. Their order is the machine's; they are not calibrated. */
function softmax(scores: readonly number[]): number[] {
  const highest = Math.max(...scores);
  const raised = scores.map((score) => Math.exp(score - highest));
  const total = raised.reduce((sum, value) => sum + value, 0);
  return raised.map((value) => value / total);
}

function largest(scores: readonly number[]): number {
  return scores.indexOf(Math.max(...scores));
}

function methodOf(kind: Kind): Method {
  return {
    name: kind.name,
    paper: kind.paper,
    settings: {
      kind: kind.name,
      version: 2, // rises with every change of this folder that changes results
      input: inputVersion,
      groups: GROUPS,
      choices: kind.settings,
    },
    open: (classes) =>
      Promise.resolve({
        name: kind.name,
        trainFold: (part, options) =>
          trainFold(kind, { ...part, classes: classes.length }, options),
        release: () => Promise.resolve(),
      }),
  };
}

/** Settings of `svm-rbf`, as plans and weights state them. Plain JSON. */
export const radialSettings: Readonly<Record<string, unknown>> = methodOf(radial).settings;

/** The classical machines by name: `svm`, linear, and `svm-rbf`, with a Gaussian kernel. */
export const classicalMethods: Readonly<Record<string, Method>> = {
  svm: methodOf(linear),
  'svm-rbf': methodOf(radial),
};
