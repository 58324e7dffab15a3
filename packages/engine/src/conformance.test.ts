/**
 * @file Every operation of the engine: its value against a plain computation,
 * its gradient against central differences of that computation in float64, in
 * the graphs of training and of export, by both builds of ONNX Runtime.
 */
import * as native from 'onnxruntime-node';
import * as web from 'onnxruntime-web';
import { expect, test } from 'vitest';

import { layoutCases } from './conformance-layout.cases.ts';
import { layerCases } from './conformance-networks.cases.ts';
import { recurrenceCases } from './conformance-recurrence.cases.ts';
import { basicCases, type Case } from './conformance.cases.ts';
import { gradients } from './gradients.ts';
import * as broadcast from './operations/broadcast.ts';
import * as convolution from './operations/convolution.ts';
import * as elementwise from './operations/elementwise.ts';
import * as layout from './operations/layout.ts';
import * as losses from './operations/loss.ts';
import * as linears from './operations/linear.ts';
import * as matrices from './operations/matmul.ts';
import * as normalization from './operations/normalization.ts';
import * as pooling from './operations/pooling.ts';
import * as rearrangement from './operations/rearrange.ts';
import * as recurrence from './operations/recurrence.ts';
import * as reductions from './operations/reduce.ts';
import {
  distance,
  dot,
  draw,
  evaluate,
  leaves,
  slopeAlong,
  unitDirections,
  type Numbers,
} from './reference.cases.ts';
import { constant, type Tensor } from './tensor.ts';

const cases: readonly Case[] = [...basicCases, ...layoutCases, ...layerCases, ...recurrenceCases];
const VALUE = 3e-6;
const GRADIENT = 3e-5;
/** Elements of each operand whose derivatives are checked one by one. */
const SAMPLED = 12;

/** Functions of the operation files that compute no tensor, or whose own cases are those of another. */
const uncounted = new Set([
  'broadcastShape',
  'reducedShape',
  'splitsReduction',
  'unbroadcast', // by every broadcast
  'inverse',
  'channelShape',
  'product', // by matmul
  'normalizationOf', // by linear
]);

test('every operation has a case', () => {
  const families = [
    broadcast,
    convolution,
    elementwise,
    layout,
    losses,
    linears,
    matrices,
    normalization,
    pooling,
    rearrangement,
    recurrence,
    reductions,
  ];
  const exported = families.flatMap((family) => Object.keys(family));
  const covered = new Set(cases.map(({ operation }) => operation));
  expect(exported.filter((name) => !covered.has(name) && !uncounted.has(name))).toEqual([]);
});

test.each(cases.map((example) => [`${example.operation}: ${example.note}`, example] as const))(
  '%s',
  async (_, example) => {
    const { operands, build, reference } = example;
    const inputs = leaves(operands);
    const output = build(inputs);
    const expected = reference(operands);
    expect(output.shape).toEqual(expected.shape);

    const probe = draw(expected.shape, 99);
    const wanted = [output, ...slopesOf(example, inputs, probe)];
    const options = { inputs, values: operands, target: 'native' } as const;
    const [value, ...slopes] = await evaluate(native, wanted, options);
    expect(distance(value!, expected.data)).toBeLessThan(VALUE);
    if (example.constant) return;
    const loss = (moved: readonly Numbers[]): number => dot(reference(moved), probe);
    for (const { operand, element, along } of unitDirections(operands, SAMPLED)) {
      const exact = slopeAlong(operands, along, loss);
      const actual = slopes[operand]![element]!;
      expect(distance([actual], [exact]), `gradient of operand ${operand}`).toBeLessThan(GRADIENT);
    }
    // And all elements at once, so that none escapes.
    const along = operands.map(({ shape }, i) => draw(shape, 200 + i));
    const actual = along.reduce((total, { data }, i) => total + inner(data, slopes[i]!), 0);
    const exact = slopeAlong(operands, along, loss);
    expect(distance([actual], [exact]), 'gradient along a random direction').toBeLessThan(GRADIENT);
  },
);

function inner(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((total, value, i) => total + value * b[i]!, 0);
}

/** Gradients of the output's product with `probe`. */
function slopesOf(example: Case, inputs: readonly Tensor[], probe: Numbers): readonly Tensor[] {
  if (example.constant) return [];
  const weights = constant(Float32Array.from(probe.data), probe.shape);
  return gradients(broadcast.sum(elementwise.mul(example.build(inputs), weights)), inputs);
}

test.each([
  ['portable', 'onnxruntime-node', native],
  ['portable', 'onnxruntime-web', web],
  ['native', 'onnxruntime-web', web],
] as const)('every operation in one %s graph, run by %s', async (target, _, ort) => {
  const inputs: Tensor[] = [];
  const outputs = cases.map(({ operands, build }, position) => {
    const own = leaves(operands).map((tensor) => ({
      ...tensor,
      name: `${position}.${tensor.name}`,
    }));
    inputs.push(...own);
    return build(own);
  });
  const values = await evaluate(ort, outputs, {
    inputs,
    values: cases.flatMap(({ operands }) => operands),
    target,
  });
  cases.forEach(({ operation, note, operands, reference }, i) => {
    const expected = reference(operands).data;
    expect(distance(values[i]!, expected), `${operation} ${note}`).toBeLessThan(VALUE);
  });
});
