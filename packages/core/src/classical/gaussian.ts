/** @file The Gaussian support vector machine of all samples, as a weights file that runs as any recognizer. */
import { writeSafetensors } from '@telltale/engine';

import type { TrainingData } from '../evaluate/folds/method.ts';
import { gaussianNetwork } from '../nets/gaussian.ts';
import { inputVersion } from '../nets/input.ts';
import { CELLS, standardizer } from './features.ts';
import { balancedWeights } from './points.ts';
import { fitRadial } from './radial.ts';
import { chooseRadial, imagePairs, radialSettings, type ChooseOptions } from './svm.ts';

/** What the weights are learned from, and what their metadata state. */
export interface GaussianData extends Pick<TrainingData, 'inputs' | 'labels' | 'subjects'> {
  /** Names, in the order of the labels. */
  readonly classes: readonly string[];
  /** SHA-256 of the data, hexadecimal. */
  readonly data: string;
  /** Version of telltale. */
  readonly telltale: string;
}

/**
 * Learns the machine as `svm-rbf` of an evaluation does: its setting is chosen by cross-validation over subjects.
 *
 * @returns the bytes of a weights file, which `readModel` reads
 * @throws TelltaleError `CANCELED`
 */
export async function learnGaussian(
  { inputs, labels, subjects, classes, data, telltale }: GaussianData,
  options: ChooseOptions,
): Promise<Uint8Array> {
  const pairs = imagePairs(inputs);
  const material = { pairs, labels, subjects, classes: classes.length };
  const { cost, reach = 1 } = await chooseRadial(material, options);
  const rows = pairs.flat();
  const features = rows[0]!.length;
  const standard = standardizer(rows);
  const points = {
    rows: rows.map(standard),
    labels: labels.flatMap((label) => [label, label]),
    classes: classes.length,
  };
  const gamma = reach / features;
  const { solution } = fitRadial(points, { cost, gamma, weights: balancedWeights(points) });
  // Row 2i is image i, row 2i + 1 its mirror image: one vector serves both.
  const factors = solution.map(({ places, factors: found }) => {
    const whole = new Float64Array(rows.length);
    places.forEach((place, i) => (whole[place] = found[i]!));
    return whole;
  });
  const used = inputs.flatMap((_, i) =>
    factors.some((row) => row[2 * i] !== 0 || row[2 * i + 1] !== 0) ? [i] : [],
  );
  const shift = standard(new Float64Array(features));
  const scale = standard(new Float64Array(features).fill(1)).map((value, k) => value - shift[k]!);
  const tensor = (shape: number[], values: Iterable<number>) => ({
    shape,
    data: Float32Array.from(values),
  });
  const network = gaussianNetwork;
  const config = { ...network.configs['flow28']!, cells: CELLS, vectors: used.length };
  return writeSafetensors({
    tensors: {
      scale: tensor([features], scale),
      shift: tensor([features], shift),
      vectors: tensor(
        [used.length, features],
        used.flatMap((i) => [...points.rows[2 * i]!]),
      ),
      gamma: tensor([1], [gamma]),
      'pairs.weight': tensor(
        [solution.length, 2 * used.length],
        factors.flatMap((row) => [0, 1].flatMap((side) => used.map((i) => row[2 * i + side]!))),
      ),
      'pairs.bias': tensor(
        [solution.length],
        solution.map(({ threshold }) => -threshold),
      ),
    },
    metadata: {
      network: network.name,
      config: 'flow28',
      settings: JSON.stringify(network.forClasses(config, classes)),
      classes: JSON.stringify(classes),
      input: inputVersion,
      recipe: JSON.stringify(radialSettings),
      chosen: JSON.stringify({ cost, reach }),
      seed: String(options.seed),
      data,
      samples: String(labels.length),
      telltale,
    },
  });
}
