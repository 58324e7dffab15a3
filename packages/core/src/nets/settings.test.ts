/** @file Configurations from files: all that networks have pass, impossible and endless ones are named at once. */
import { flattenParameters } from '@telltale/engine';
import { describe, expect, test } from 'vitest';

import { createRandom } from '../base/random.ts';
import { currentNames } from './network.ts';
import { findNetwork, readableNetworks } from './registry.ts';
import { assertShapes, checkSettings, shapesOf } from './settings.ts';

const configs = Object.values(readableNetworks).flatMap((network) =>
  Object.entries(network.configs).map(([name, config]) => ({ network, name, config })),
);

test.each(configs)('$network.name $name is within its schema', ({ network, config }) => {
  const read: unknown = JSON.parse(JSON.stringify(config));
  expect(checkSettings(network, read)).toEqual(config);
  const made = flattenParameters(network.init(config, createRandom(1)));
  expect([...shapesOf(network, config)]).toEqual(made.map(({ name, shape }) => [name, shape]));
});

describe('refuses, naming the member', () => {
  test.each([
    ['merba', { mlp: 1e6 }, 'settings.mlp is 1000000'],
    ['merba', { mlp: 1.5 }, 'settings.mlp is not a whole number'],
    ['merba', { depths: [1, 2147483648] }, 'settings.depths[1] is 2147483648'],
    ['merba', { depths: [1] }, 'one depth for each of dims'],
    ['merba', { dims: null }, 'settings.dims is not a list'],
    ['merba', { dims: 'ab' }, 'settings.dims is not a list'],
    ['merba', { dims: [1, -1] }, 'settings.dims[1] is -1'],
    ['merba', { dims: [] }, 'settings.dims has 0 items'],
    ['merba', { dims: { length: 2 } }, 'settings.dims is not a list'],
    ['merba', { dims: [6, 8] }, 'multiples of twice the number of scans'],
    ['merba', { headDim: 0 }, 'settings.headDim is 0'],
    ['merba', { dims: [20, 20], headDim: 7, scans: ['Hf'] }, undefined],
    ['merba', { dims: [20, 20], headDim: 6, scans: ['Hf'] }, 'heads of headDim'],
    ['merba', { scans: ['toString'] }, 'settings.scans[0] is not "Hf" or'],
    ['merba', { scans: [] }, 'settings.scans has 0 items'],
    ['merba', { size: 1e9 }, 'settings.size is 1000000000'],
    ['merba', { classes: 1e9 }, 'settings.classes is 1000000000'],
    ['merba', { groups: [[0], [0, 1]] }, 'each class once'],
    ['merba', { groups: [[0], [1, 3]] }, 'each class once'],
    ['merba', { granularity: null }, 'settings.granularity is not an object'],
    ['merba', { dropout: 1 }, 'settings.dropout is 1'],
    ['merba', { attention: 'no' }, 'settings.attention is not true or false'],
    ['mfdan', { dropKey: [0.5] }, 'one depth and one dropKey'],
    ['mfdan', { gamma: 3 }, 'settings.gamma is 3'],
    ['densemix', { planes: ['u', 'v', 'constructor'] }, 'settings.planes[2] is not'],
    ['densemix', { halve: [] }, 'one of halve'],
    ['densemix', { reach: 4 }, 'reach is odd'],
    ['densemix', { blocks: [1e12, 1] }, 'settings.blocks[0] is 1000000000000'],
    ['ststnet', { filters: [1e9] }, 'settings.filters[0] is 1000000000'],
    ['ststnet', { gain: 1e308 }, 'settings.gain is 1e+308'],
    ['offapexnet', { filters: [1, 1, 1, 1] }, 'the size is halved'],
  ])('%s %o', (name, changes, message) => {
    const network = findNetwork(name);
    const call = (): unknown => checkSettings(network, { ...network.configs.tiny, ...changes });
    if (message === undefined) expect(call).not.toThrow();
    else expect(call).toThrow(message);
  });

  test.each([null, undefined, 3, 'merba', [], () => 1])('%o', (value) => {
    expect(() => checkSettings(findNetwork('merba'), value)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  });
});

test('shapes are compared without making the parameters', () => {
  const network = findNetwork('merba');
  const huge = { ...network.configs.tiny, size: 1024, dims: [8192, 8192], window: 64, mlp: 16 };
  const before = process.memoryUsage().arrayBuffers;
  expect(() => assertShapes(network, checkSettings(network, huge), new Map())).toThrow(
    expect.objectContaining({ code: 'WEIGHTS_MISMATCH' }),
  );
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 20);
});

describe('names of version 0.1', () => {
  test('each segment has its new name, others stay', () => {
    const merba = findNetwork('merba');
    const names = ['stages.1.shrink.conv.weight', 'stages.0.blocks.0.mixer.step.bias', 'norm.bias'];
    const now = currentNames(
      merba,
      names.map((name) => [name, name]),
    );
    expect([...now]).toEqual([
      ['stages.1.downsample.conv.weight', names[0]],
      ['stages.0.blocks.0.mixer.dtProj.bias', names[1]],
      ['norm.bias', names[2]],
    ]);
  });

  test('no parameter of today is called by an old name', () => {
    for (const { network, config } of configs) {
      const shapes = shapesOf(network, config);
      expect([...currentNames(network, shapes).keys()]).toEqual([...shapes.keys()]);
    }
  });

  test('a file with a parameter under both names, or with one that nothing needs, is refused', () => {
    const network = findNetwork('merba');
    const config = network.configs.tiny;
    const shapes = new Map(shapesOf(network, config));
    expect(() => assertShapes(network, config, shapes)).not.toThrow();
    const twice = new Map([...shapes, ['stages.0.blocks.0.widen.bias', [16]] as const]);
    expect(() => assertShapes(network, config, twice)).toThrow(/stages.0.blocks.0.widen.bias/);
    const extra = new Map([...shapes, ['__proto__', [1]] as const]);
    expect(() => assertShapes(network, config, extra)).toThrow(/no parameter '__proto__'/);
  });
});
