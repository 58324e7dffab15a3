/** @file What every network in the registry must do. Called by networks.test.ts. */
import {
  compilePrediction,
  compileTraining,
  createPredictor,
  createTrainer,
  crossEntropy,
  flattenParameters,
  inferenceContext,
  withParameterData,
  type Context,
  type Tensor,
} from '@telltale/engine';
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';

import { createRandom } from '../base/random.ts';
import { inputShape, planesOf, type Network, type NetworkConfig } from './network.ts';
import { partsOf } from './parts.ts';

const one = { intraOpNumThreads: 1 } as const;

/** Inputs and targets that a seed determines. */
function batchOf(network: Network, n: number): { images: Float32Array; targets: Float32Array } {
  const { size, classes } = network.configs.tiny;
  const planes = planesOf(network, network.configs.tiny).length;
  const random = createRandom(7);
  const targets = new Float32Array(n * classes);
  for (let i = 0; i < n; i++) targets[i * classes + (i % classes)] = 1;
  return {
    images: Float32Array.from({ length: n * planes * size * size }, () => random.normal()),
    targets,
  };
}

/** Logits in inference. */
async function infer(
  network: Network,
  params: object,
  images: Float32Array,
  config = network.configs.tiny,
): Promise<Float32Array> {
  const planes = planesOf(network, config);
  const n = images.length / (planes.length * config.size ** 2);
  const model = compilePrediction({
    params,
    inputs: { images: inputShape(config, n, planes) },
    forward: (context, p, inputs) => ({
      logits: network.forward(context, config, p, inputs.images).logits,
    }),
  });
  const predictor = await createPredictor(ort, model, one);
  const { logits } = await predictor.run({ images });
  await predictor.release();
  return logits!;
}

/**
 * A training graph of the tiny config.
 *
 * @param frozen - batch normalization by its running statistics, as in use
 */
function compile(
  network: Network,
  params: object,
  { n, frozen = false, config = network.configs.tiny }: CompileOptions,
) {
  const inUse = inferenceContext();
  const freeze = (context: Context): Context => ({
    ...context,
    batchNorm: (...operands) => inUse.batchNorm(...operands),
  });
  return compileTraining({
    params,
    inputs: {
      images: inputShape(config, n, planesOf(network, config)),
      targets: [n, config.classes],
    },
    loss: (context, p, { images, targets }) => {
      const outputs = network.forward(frozen ? freeze(context) : context, config, p, images);
      const loss: Tensor =
        network.loss?.(config, outputs, targets) ?? crossEntropy(outputs.logits, targets);
      return { loss, logits: outputs.logits };
    },
    optimizer: { beta1: 0, clipNorm: 1e9 },
  });
}

interface CompileOptions {
  readonly n: number;
  readonly frozen?: boolean;
  readonly config?: NetworkConfig;
}

/** The suite of one network. */
export function networkCases(network: Network): void {
  const config = network.configs.tiny;
  const fresh = (): object => network.init(config, createRandom(11));
  const randomMasks = { ...one, random: createRandom(3) };

  describe(network.name, () => {
    test('gives finite logits of its shape in every config', async () => {
      const logits = await infer(network, fresh(), batchOf(network, 3).images);
      expect(logits).toHaveLength(3 * config.classes);
      expect([...logits].every(Number.isFinite)).toBe(true);
      for (const each of Object.values(network.configs)) {
        const total = flattenParameters(network.init(each, createRandom(1)));
        expect(total.every(({ data }) => data.every(Number.isFinite))).toBe(true);
      }
    });

    test('treats a batch of one as its row of a batch of three', async () => {
      const { images } = batchOf(network, 3);
      const params = fresh();
      const three = await infer(network, params, images);
      const size = images.length / 3;
      for (let i = 0; i < 3; i++) {
        const alone = await infer(network, params, images.slice(i * size, (i + 1) * size));
        alone.forEach((value, k) =>
          expect(Math.abs(value - three[i * config.classes + k]!)).toBeLessThan(1e-5),
        );
      }
    });

    test('the exported file computes what the training graph computes', async () => {
      const batch = batchOf(network, 3);
      const params = fresh();
      const program = compile(network, params, { n: 3, frozen: true });
      const trainer = await createTrainer(ort, program, randomMasks);
      const { reports } = await trainer.train({ inputs: batch, learningRate: 0 });
      const exported = await infer(network, params, batch.images);
      exported.forEach((value, i) =>
        expect(Math.abs(value - reports['logits']![i]!)).toBeLessThan(1e-5),
      );
      await trainer.release();
    });

    test('each part that its paper names does something, and nothing once it is taken out', async () => {
      // Gates that start at 0 let nothing through, so all parameters are drawn.
      const random = createRandom(21);
      const drawn = Object.fromEntries(
        flattenParameters(fresh()).map(({ name, shape, data, trainable }) => [
          name,
          {
            shape,
            data: trainable === false ? data : data.map((value) => value + 0.5 * random.normal()),
          },
        ]),
      );
      const params = withParameterData(fresh(), drawn);
      const { images } = batchOf(network, 3);
      const whole = await infer(network, params, images);
      const parts = partsOf(network, config);
      expect(parts.length).toBeGreaterThan(1);
      for (const { name, training } of parts) {
        const without = { ...config, without: [name] };
        expect(network.settings(without, 'settings')).toBeUndefined();
        expect(partsOf(network, without).map((part) => part.name)).not.toContain(name);
        const rest = await infer(network, params, images, without);
        const change = Math.max(...rest.map((value, i) => Math.abs(value - whole[i]!)));
        if (training) expect(change, name).toBe(0);
        else expect(change, name).toBeGreaterThan(1e-4);
      }
      expect(network.settings({ ...config, without: ['nose'] }, 'settings')).toMatch(/without/);
    });

    test('can be trained without any of its parts', async () => {
      const without = Object.keys(network.parts);
      const bare = { ...config, without };
      const program = compile(network, fresh(), { n: 3, config: bare });
      const trainer = await createTrainer(ort, program, randomMasks);
      const { loss } = await trainer.train({ inputs: batchOf(network, 3), learningRate: 0.01 });
      expect(loss).toBeGreaterThan(0);
      await trainer.release();
    });

    test('gradients agree with finite differences', async () => {
      const batch = batchOf(network, 3);
      const params = fresh();
      const trainer = await createTrainer(ort, compile(network, params, { n: 3 }), randomMasks);
      const start = trainer.state();
      await trainer.train({ inputs: batch, learningRate: 0 });
      const after = trainer.state().tensors;
      const lossAt = async (name: string, at: number, change: number): Promise<number> => {
        const weights = start.tensors[`weight.${name}`]!;
        const data = weights.data.slice();
        data[at]! += change;
        trainer.restore({
          step: 0,
          tensors: { ...start.tensors, [`weight.${name}`]: { shape: weights.shape, data } },
        });
        return (await trainer.train({ inputs: batch, learningRate: 0 })).loss;
      };
      const random = createRandom(5);
      const steps = 0.002; // small, so that few maxima and zeros change places on the way
      for (const { name, data, trainable } of flattenParameters(params)) {
        if (trainable === false) continue;
        const gradient = after[`first.${name}`]!.data;
        const at = random.integer(data.length);
        const up = await lossAt(name, at, steps);
        const down = await lossAt(name, at, -steps);
        const slope = (up - down) / (2 * steps);
        expect(Math.abs(slope - gradient[at]!), name).toBeLessThan(
          1e-3 + 0.02 * Math.abs(gradient[at]!),
        );
      }
      await trainer.release();
    });

    test('learns a few samples in a few steps', async () => {
      const batch = batchOf(network, 6);
      const params = fresh();
      const trainer = await createTrainer(ort, compile(network, params, { n: 6 }), randomMasks);
      const losses: number[] = [];
      for (let i = 0; i < 30; i++)
        losses.push((await trainer.train({ inputs: batch, learningRate: 0.01 })).loss);
      expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
      const trained = withParameterData(params, trainer.parameters());
      const logits = await infer(network, trained, batch.images);
      expect([...logits].every(Number.isFinite)).toBe(true);
      await trainer.release();
    });
  });
}
