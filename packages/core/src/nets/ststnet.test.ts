/** @file STSTNet and OFF-ApexNet against PyTorch (golden/ststnet.py), and STSTNet with its authors' published weights. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import {
  compilePrediction,
  createPredictor,
  flattenParameters,
  withParameterData,
  type Predictor,
} from '@telltale/engine';
import * as ort from 'onnxruntime-node';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';

import { createRandom } from '../base/random.ts';
import { inputShape, type Network, type NetworkConfig } from './network.ts';
import { offApexNetNetwork } from './offapexnet.ts';
import { ststnetNetwork } from './ststnet.ts';

const shared =
  process.env['TELLTALE_SHARED'] ??
  fileURLToPath(new URL('../../../../../shared/data', import.meta.url));
const path = join(shared, 'golden', 'ststnet-published.json');
const there = existsSync(path) && existsSync(join(shared, 'megc2019-flow', 'flow'));

interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
interface Case {
  readonly params: Readonly<Record<string, Numbers>>;
  readonly images: Numbers;
  readonly logits: readonly (readonly number[])[];
}
const golden = JSON.parse(
  readFileSync(new URL('../../../../golden/ststnet.json', import.meta.url), 'utf8'),
) as Readonly<Record<'ststnet' | 'offapexnet', Case>>;

/** A network with given weights. */
async function open<C extends NetworkConfig, P extends object>(
  network: Network<C, P>,
  { config, params, batch }: { config: C; params: P; batch: number },
): Promise<Predictor> {
  const model = compilePrediction({
    params,
    inputs: { images: inputShape(config, batch) },
    forward: (context, p, { images }) => ({
      logits: network.forward(context, config, p, images).logits,
    }),
  });
  return createPredictor(ort, model, { intraOpNumThreads: 1 });
}

test.each([
  [ststnetNetwork as Network, 'flow28'],
  [offApexNetNetwork as Network, 'tiny'],
])('computes what PyTorch computes: $name', async (network, name) => {
  const config = network.configs[name]!;
  const { params, images, logits } = golden[network.name as keyof typeof golden];
  const tensors = Object.entries(params).map(
    ([key, { shape, data }]) => [key, { shape, data: Float32Array.from(data) }] as const,
  );
  const predictor = await open(network, {
    config,
    params: withParameterData(network.init(config, createRandom(0)), Object.fromEntries(tensors)),
    batch: 2,
  });
  const found = await predictor.run({ images: Float32Array.from(images.data) });
  await predictor.release();
  logits.flat().forEach((logit, i) => expect(found['logits']![i]).toBeCloseTo(logit, 5));
});

interface Published {
  readonly samples: readonly {
    readonly file: string;
    readonly sub: string;
    readonly logits: readonly number[];
  }[];
  readonly weights: Readonly<Record<string, Readonly<Record<string, Numbers>>>>;
}

/** The authors' names and order of channels (strain, v, u, as OpenCV reads) in ours (u, v, strain). */
function fromPublished(weights: Published['weights'][string]) {
  const config = ststnetNetwork.configs['authors']!;
  const names = [0, 1, 2].flatMap((i) => {
    const [theirs, ours] = [String(i + 1), `streams.${i}`];
    return [
      [`${ours}.conv.weight`, `conv${theirs}.weight`],
      [`${ours}.conv.bias`, `conv${theirs}.bias`],
      [`${ours}.norm.weight`, `bn${theirs}.weight`],
      [`${ours}.norm.bias`, `bn${theirs}.bias`],
      [`${ours}.norm.mean`, `bn${theirs}.running_mean`],
      [`${ours}.norm.variance`, `bn${theirs}.running_var`],
    ] as const;
  });
  const all = [...names, ['head.weight', 'fc.weight'], ['head.bias', 'fc.bias']] as const;
  const tensors = Object.fromEntries(
    all.map(([ours, theirs]) => {
      const { shape, data } = weights[theirs]!;
      const reversed = ours.endsWith('conv.weight')
        ? data.map((_, i) => data[i - (i % 27) + 9 * (2 - Math.floor((i % 27) / 9)) + (i % 9)]!)
        : data;
      return [ours, { shape, data: Float32Array.from(reversed) }];
    }),
  );
  return {
    config,
    params: withParameterData(ststnetNetwork.init(config, createRandom(0)), tensors),
  };
}

describe('ststnet', () => {
  test.skipIf(!there)(
    there
      ? "gives the authors' logits with their weights"
      : `gives the authors' logits with their weights: skipped, there is no ${path}`,
    async () => {
      const published = JSON.parse(readFileSync(path, 'utf8')) as Published;
      expect(published.samples.length).toBeGreaterThan(0);
      for (const fold of new Set(published.samples.map(({ sub }) => sub))) {
        const { config, params } = fromPublished(published.weights[fold]!);
        const predictor = await open(ststnetNetwork, { config, params, batch: 1 });
        for (const sample of published.samples.filter(({ sub }) => sub === fold)) {
          const bytes = await sharp(join(shared, 'megc2019-flow', 'flow', sample.file))
            .removeAlpha()
            .raw()
            .toBuffer();
          // Not flowInput: these weights were trained on plain bytes, medians and all.
          const images = Float32Array.from(
            { length: 3 * 784 },
            (_, i) => bytes[(i % 784) * 3 + Math.floor(i / 784)]! / 255,
          );
          const { logits } = await predictor.run({ images });
          sample.logits.forEach((logit, k) => expect(logits![k]).toBeCloseTo(logit, 4));
        }
        await predictor.release();
      }
    },
  );

  test('has as many numbers as the published file: 1,651 weights, 64 of normalization', () => {
    const config = ststnetNetwork.configs['flow28']!;
    const sizes = flattenParameters(ststnetNetwork.init(config, createRandom(1)));
    expect(sizes.reduce((sum, { data }) => sum + data.length, 0)).toBe(1715);
  });
});

test('offapexnet has the 2.66 million parameters that are counted for it elsewhere', () => {
  const config = offApexNetNetwork.configs['flow28']!;
  const sizes = flattenParameters(offApexNetNetwork.init(config, createRandom(1)));
  expect(sizes.reduce((sum, { data }) => sum + data.length, 0)).toBe(2_664_475);
});
