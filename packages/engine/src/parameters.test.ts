/**
 * @file Parameter trees, contexts, and what compilation refuses.
 */
import { describe, expect, test } from 'vitest';

import { createRandom } from '../../core/src/base/random.ts';
import { trainingContext } from './context.ts';
import {
  compileTraining,
  flattenParameters,
  inferenceContext,
  mean,
  mul,
  square,
  sub,
  sum,
  withParameterData,
  type Parameter,
} from './index.ts';
import { symbolicParameters } from './parameters.ts';
import { leaf } from './tensor.ts';

const parameter = (...data: number[]): Parameter => ({
  shape: [data.length],
  data: Float32Array.from(data),
});

describe('trees', () => {
  const tree = {
    stages: [{ weight: parameter(1) }, { weight: parameter(2, 3), bias: undefined }],
    head: { bias: parameter(4) },
  };

  test('names follow the path', () => {
    expect(flattenParameters(tree).map(({ name, shape }) => [name, shape])).toEqual([
      ['stages.0.weight', [1]],
      ['stages.1.weight', [2]],
      ['head.bias', [1]],
    ]);
    const { tree: symbols, leaves } = symbolicParameters(tree);
    expect(symbols.stages[1]!.weight.shape).toEqual([2]);
    expect(leaves.get(symbols.head.bias)?.name).toBe('head.bias');
  });

  test('other data keep the tree', () => {
    const named = flattenParameters(tree).map(({ name, shape, data }) => [
      name,
      { shape, data: data.map((x) => -x) },
    ]);
    const tensors = Object.fromEntries(named) as Record<string, Parameter>;
    expect(withParameterData(tree, tensors).stages[1]!.weight.data).toEqual(
      Float32Array.of(-2, -3),
    );
    expect(() => withParameterData(tree, { ...tensors, 'head.bias': parameter(1, 2) })).toThrow(
      'parameter head.bias: the network has shape [1], the weights have [2]',
    );
    expect(() => withParameterData(tree, {})).toThrow(/stages\.0\.weight.*no tensor of this name/);
  });

  test('leaves of other kinds are refused by their path', () => {
    expect(() => flattenParameters({ a: { b: 3 } })).toThrow('parameter tree: a.b is a number');
    expect(() => flattenParameters({ a: new Float32Array(2) })).toThrow(
      'parameter tree: a is a Float32Array',
    );
    expect(() => flattenParameters({ a: { shape: [3], data: new Float32Array(2) } })).toThrow(
      'parameter a: 2 numbers for shape [3]',
    );
  });
});

describe('random masks', () => {
  test('dropout keeps the mean, and drops the given share', () => {
    const context = trainingContext();
    const x = leaf('x', [100, 50]);
    expect(context.dropout(x, 0.3)).not.toBe(x);
    const [{ tensor, fill }] = context.masks as [(typeof context.masks)[0]];
    expect(tensor.shape).toEqual([100, 50]);
    const data = new Float32Array(5000);
    fill(data, createRandom(1));
    const kept = data.filter((value) => value !== 0);
    expect(kept.every((value) => Math.abs(value - 1 / 0.7) < 1e-6)).toBe(true);
    expect(kept.length / 5000).toBeCloseTo(0.7, 1);
  });

  test('drop path takes one number per sample', () => {
    const context = trainingContext();
    expect(context.dropPath(leaf('x', [6, 4, 5]), 0.5).shape).toEqual([6, 4, 5]);
    expect(context.masks[0]!.tensor.shape).toEqual([6, 1, 1]);
  });

  test('a rate of 0 and inference need no mask; impossible rates are refused', () => {
    const context = trainingContext();
    const x = leaf('x', [2]);
    expect([context.dropout(x, 0), context.dropPath(x, 0)]).toEqual([x, x]);
    expect(context.masks).toHaveLength(0);
    const still = inferenceContext();
    expect([still.dropout(x, 0.5), still.dropPath(x, 0.5)]).toEqual([x, x]);
    for (const rate of [-0.1, 1, NaN]) {
      expect(() => context.dropout(x, rate)).toThrow(`a drop rate of ${rate}`);
      expect(() => still.dropPath(x, rate)).toThrow(`a drop rate of ${rate}`);
    }
  });
});

describe('compilation', () => {
  const shapes = { x: [4, 2] } as const;
  const vector = (trainable: boolean): Parameter => ({ ...parameter(1, 2), trainable });

  test('running statistics must not be trained', () => {
    const params = {
      weight: parameter(1, 1),
      bias: parameter(0, 0),
      mean: vector(true),
      variance: vector(false),
    };
    expect(() =>
      compileTraining({
        params,
        inputs: shapes,
        loss: (context, p, { x }) => ({ loss: mean(context.batchNorm(x, p)) }),
      }),
    ).toThrow("running statistics are kept in 'mean', which the optimizer trains");
  });

  test('frozen parameters have no moments and do not change', () => {
    const program = compileTraining({
      params: { free: parameter(1, 1), frozen: vector(false) },
      inputs: shapes,
      loss: (_, { free, frozen }, { x }) => ({ loss: mean(square(sub(x, mul(free, frozen)))) }),
    });
    expect(program.state.map(({ name, changes }) => [name, changes])).toEqual([
      ['weight.free', true],
      ['first.free', true],
      ['second.free', true],
      ['weight.frozen', false],
    ]);
    expect(program.reports).toEqual(['loss']);
  });

  test('options out of range and vector losses are refused', () => {
    const build = (optimizer: object, scalar = true): unknown =>
      compileTraining({
        params: { w: parameter(1, 1) },
        inputs: shapes,
        loss: (_, { w }, { x }) => ({ loss: scalar ? sum(mul(x, w)) : mul(x, w) }),
        optimizer,
      });
    for (const optimizer of [
      { beta1: 1 },
      { beta2: -0.1 },
      { epsilon: 0 },
      { clipNorm: 0 },
      { averageDecay: 2 },
    ]) {
      expect(() => build(optimizer)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
    }
    expect(() => build({}, false)).toThrow(/only a scalar can be differentiated/);
  });
});
