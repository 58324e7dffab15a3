/** @file Initialization from weights: all of those for the same classes, the trunk of others. */
import { readFileSync } from 'node:fs';

import { flattenParameters, writeSafetensors } from '@telltale/engine';
import { expect, test } from 'vitest';

import { createRandom } from '../base/random.ts';
import { sha256 } from '../base/sha256.ts';
import { findConfig, findNetwork } from '../nets/index.ts';
import { readModel } from '../recognize/weights.ts';
import { recipeOf, startOf } from './recipes.ts';
import { beginWith, canBegin, trunkOf } from './transfer.ts';

const three = ['negative', 'positive', 'surprise'];

interface FileOptions {
  readonly classes: readonly string[];
  readonly called?: (parameter: string) => string;
}

/** Weights with random numbers, for these classes; `called` gives the names in the file. */
function weightsOf(
  name: string,
  config: string,
  { classes, called = (parameter) => parameter }: FileOptions,
): Uint8Array {
  const network = findNetwork(name);
  const settings = network.forClasses(findConfig(network, config), classes);
  const tensors = flattenParameters(network.init(settings, createRandom(1))).map(
    ({ name: parameter, shape, data }) => [called(parameter), { shape, data }] as const,
  );
  return writeSafetensors({
    tensors: Object.fromEntries(tensors),
    metadata: { network: name, config, classes: JSON.stringify(classes) },
  });
}

function beginner(name: string, config: string, classes: readonly string[]) {
  const network = findNetwork(name);
  return {
    network,
    config: network.forClasses(findConfig(network, config), classes),
    classes,
    recipe: recipeOf(name, config).recipe,
  };
}

test('weights of the same network for the same classes are taken as a whole, at the full rate', () => {
  const bytes = weightsOf('merba', 'tiny', { classes: three });
  const { from, trunk } = beginWith(bytes, beginner('merba', 'tiny', three));
  expect(from).toEqual({ weights: sha256(bytes), frozen: 0, slower: 1, whole: true });
  const { network, config } = beginner('merba', 'tiny', three);
  const names = flattenParameters(network.init(config, createRandom(1))).map(({ name }) => name);
  expect(Object.keys(trunk).sort()).toEqual([...names].sort());
  expect(names.some((name) => name.startsWith('head'))).toBe(true);
});

test('of weights for other classes the trunk is taken, and a part of it stays at first', () => {
  const bytes = weightsOf('densemix', 'tiny', { classes: ['happiness', 'surprise'] });
  const { from, trunk } = beginWith(bytes, beginner('densemix', 'tiny', three));
  expect(from.whole).toBeUndefined();
  expect(from.frozen).toBeGreaterThan(0);
  expect(Object.keys(trunk).some((name) => name.startsWith('head'))).toBe(false);
});

test('a network without a trunk to hand on takes its own weights for its own classes only', () => {
  const other = weightsOf('merba', 'tiny', { classes: ['a', 'b', 'c', 'd'] });
  expect(() => beginWith(other, beginner('merba', 'tiny', three))).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID' }),
  );
  expect(canBegin(other, findNetwork('merba'))).toBe(true);
  expect(canBegin(other, findNetwork('ststnet'))).toBe(false);
  expect(canBegin(other, findNetwork('densemix'))).toBe(true);
  const wide = weightsOf('merba', 'flow28', { classes: three });
  expect(() => beginWith(wide, beginner('merba', 'tiny', three))).toThrow(
    /in this configuration.*in the weights \(configuration flow28\)/,
  );
});

test('configurations have weights to begin with for the classes that they know', () => {
  expect(startOf('merba', 'flow28', three)).toMatch(/^merba-flow28-.*\.safetensors$/);
  expect(startOf('merba', 'awake28', three)).toMatch(/^merba-awake28-.*\.safetensors$/);
  expect(startOf('merba', 'tiny', three)).toBeUndefined();
  expect(startOf('merba', 'flow28', ['negative', 'positive'])).toBeUndefined();
  expect(startOf('ststnet', 'flow28', three)).toBeUndefined();
});

test('a trunk of version 0.1 is found under its old names', () => {
  const former = new Map([
    ['bottleneck', 'narrow'],
    ['growth', 'widen'],
    ['fc1', 'squeeze'],
    ['fc2', 'excite'],
    ['spatial', 'places'],
  ]);
  const called = (name: string): string =>
    name
      .split('.')
      .map((segment) => former.get(segment) ?? segment)
      .join('.');
  const { network, config } = beginner('densemix', 'tiny', three);
  const old = weightsOf('densemix', 'tiny', { classes: three, called });
  const now = weightsOf('densemix', 'tiny', { classes: three });
  expect(old).not.toEqual(now);
  expect(trunkOf(old, network, config)).toEqual(trunkOf(now, network, config));
  const task = beginner('densemix', 'tiny', three);
  expect(beginWith(old, task).trunk).toEqual(beginWith(now, task).trunk);
});

test('the trunk that ships fits every configuration that shares it, and is not a recognizer', () => {
  const file = new URL('../../models/densemix-faces.safetensors', import.meta.url);
  const bytes = readFileSync(file);
  for (const config of ['flow28', 'face28', 'face28-plain']) {
    const { from, trunk } = beginWith(bytes, beginner('densemix', config, three));
    expect(from.whole, config).toBeUndefined();
    expect(Object.keys(trunk).length, config).toBeGreaterThan(20);
  }
  expect(() => beginWith(bytes, beginner('densemix', 'full112', three))).toThrow('shape');
  expect(() => readModel(bytes)).toThrow('no classes of micro-expressions yet');
});
