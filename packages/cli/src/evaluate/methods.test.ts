/** @file Which rows of a table the words of a command line make, and which they do not. */
import { findConfig, findNetwork } from '@telltale/core/nets';
import { flattenParameters, writeSafetensors } from '@telltale/engine';
import type { NamedParameter } from '@telltale/engine';
import { describe, expect, test } from 'vitest';
import { loadRuntime } from '@telltale/node';

import { assertNetworks, chosenRows, plannedMethod } from './methods.ts';
import type { MethodChoice } from './methods.ts';

/** Not random: the parameters only need to be there. */
const constant = { uniform: () => 0.3, normal: () => 0.2 } as never;

/** A weights file, as far as a transfer looks at it. */
function encodeStart(network: string, parameters: readonly NamedParameter[]): Uint8Array {
  const tensors = parameters.map(({ name, shape, data }) => [name, { shape, data }] as const);
  return writeSafetensors({ tensors: Object.fromEntries(tensors), metadata: { network } });
}

const classes = ['negative', 'positive', 'surprise'];

function rows(choice: Partial<MethodChoice>): ReturnType<typeof chosenRows> {
  return chosenRows({ ablation: false, classical: false, ...choice }, classes);
}

function names(choice: Partial<MethodChoice>): string[] {
  return rows(choice).map(({ name }) => name);
}

test('names of networks, with configurations, and classical machines', () => {
  expect(names({})).toEqual(['merba']);
  expect(names({ network: 'ststnet', config: 'authors' })).toEqual(['ststnet-authors']);
  expect(names({ networks: 'ststnet:authors, ststnet, svm' })).toEqual([
    'ststnet-authors',
    'ststnet',
    'svm',
  ]);
  expect(names({ classical: true })).toEqual(['merba', 'svm', 'svm-rbf', 'ststnet', 'offapexnet']);
  expect(names({ networks: 'svm', classical: true })).toEqual([
    'svm',
    'svm-rbf',
    'ststnet',
    'offapexnet',
  ]);
});

test('an ablation of MERba is 13 rows with 13 graphs and one recipe', () => {
  const found = rows({ ablation: true, epochs: 7 });
  expect(found[0]!.name).toBe('merba');
  expect(new Set(found.map(({ settings }) => settings['graph'])).size).toBe(13);
  const recipes = found.map(({ settings }) => JSON.stringify(settings['recipe']));
  expect(new Set(recipes)).toEqual(new Set([recipes[0]]));
  expect(recipes[0]).toContain('"epochs":7');
});

test('of an ablation, some rows alone, each compared with the whole network', () => {
  expect(names({ ablation: 'scan' })).toEqual([
    'merba',
    'merba-scan-row',
    'merba-scan-rows',
    'merba-scan-forward',
    'merba-scan-all',
    'merba-no-scan',
    'merba-no-scan-Hf',
    'merba-no-scan-Vb',
  ]);
  expect(names({ ablation: 'attention, one-head' })).toEqual([
    'merba',
    'merba-no-attention',
    'merba-one-head',
  ]);
  for (const wrong of ['scan,nose', '', 'scan,'])
    expect(() => rows({ ablation: wrong })).toThrow('no row of the ablation has');
});

test('an ablation of another network is one row without each of its parts', () => {
  const found = rows({ ablation: true, network: 'densemix', config: 'tiny' });
  expect(found.map(({ name }) => name)).toEqual([
    'densemix',
    'densemix-no-mixed-attention',
    'densemix-no-channel-attention',
    'densemix-no-spatial-attention',
    'densemix-no-dense-connections',
  ]);
  expect(found[1]!.settings['changes']).toEqual({ without: ['mixed-attention'] });
  expect(new Set(found.map(({ settings }) => settings['graph'])).size).toBe(5);
});

test('an ablation is initialized from weights where they fit, and reports the rows that they do not fit', () => {
  const start = rows({ network: 'merba' })[0]!.start!;
  const left: string[] = [];
  const found = rows({ ablation: true, start, note: (line) => left.push(line) });
  expect(left).toEqual([expect.stringContaining('one receptive field: left out')]);
  expect(found).toHaveLength(12);
  for (const row of found) expect(row.start).toBe(start);
});

describe('with weights to begin with', () => {
  const network = findNetwork('densemix');
  const config = findConfig(network, 'tiny-faces');
  const start = encodeStart('densemix', flattenParameters(network.init(config, constant)));

  test('networks that can begin with them get a second row', () => {
    const found = rows({ networks: 'densemix:tiny,ststnet,svm', start });
    expect(found.map(({ name, label }) => [name, label])).toEqual([
      ['densemix-tiny', 'densemix-tiny'],
      ['densemix-tiny-pretrained', 'densemix-tiny, pretrained'],
      ['ststnet', 'ststnet'],
      ['svm', 'svm'],
    ]);
    const [plain, pretrained] = found.map(({ settings }) => settings);
    expect(plain!['from']).toBeUndefined();
    expect(pretrained!['from']).toMatchObject({ frozen: 5, slower: 10 });
    expect(pretrained!['graph']).not.toBe(plain!['graph']);
  });

  test('a plan that names them is followed with their file alone', async () => {
    const planned = rows({ networks: 'densemix:tiny', start })[1]!;
    const method = plannedMethod(planned, classes);
    expect(method.settings).toEqual(planned.settings);
    const place = { ort: await loadRuntime(), threads: 1 };
    await expect(method.open(classes, place)).rejects.toThrow(
      /that initialize densemix are missing/,
    );
    const other = { ...place, weights: () => Promise.resolve(start.slice(0, 99)) };
    await expect(method.open(classes, other)).rejects.toThrow(/not those of the plan/);
    const trainable = await method.open(classes, {
      ...place,
      weights: () => Promise.resolve(start),
    });
    await trainable.release();
  });

  test.each([
    ['merba,svm', 'none of merba, svm can be initialized from weights'],
    ['densemix:flow28', 'stem.weight has shape [24, 3, 3, 3] in this configuration'],
  ])('%s is refused', (networks, message) => {
    expect(() => rows({ networks, start })).toThrow(message);
  });
});

test.each([
  [{ networks: 'merba,merba' }, 'merba is named twice'],
  [{ network: 'merba', networks: 'ststnet' }, '--network and --networks are both given'],
  [{ networks: 'merba,ststnet', config: 'flow28' }, '--config is given with several networks'],
  [{ network: 'merbo' }, "there is no network 'merbo'"],
  [{ networks: 'svm:flow28' }, 'svm has no configuration flow28'],
  [{ network: 'svm', config: 'flow28' }, 'svm has no configuration flow28'],
  [{ ablation: true, network: 'svm' }, '--ablation is given with svm'],
] as [Partial<MethodChoice>, string][])('%j is refused', (choice, message) => {
  expect(() => rows(choice)).toThrow(message);
});

test('options of training in epochs are refused where nothing trains in epochs', () => {
  const classical = rows({ networks: 'svm,svm-rbf' });
  expect(() => assertNetworks(classical, ['--epochs'])).toThrow(
    '--epochs has no effect: none of svm, svm-rbf is a network',
  );
  assertNetworks(classical, []);
  assertNetworks(rows({ networks: 'svm,ststnet' }), ['--epochs']);
});

test('a plan is followed by the code it was made with, and by no other', () => {
  for (const planned of [...rows({ networks: 'ststnet,svm' }), rows({ ablation: true })[1]!]) {
    const method = plannedMethod(planned, classes);
    expect(method).toMatchObject({ name: planned.name, settings: planned.settings });
    const settings = { ...planned.settings, graph: 'of yesterday' };
    expect(() => plannedMethod({ ...planned, settings }, classes)).toThrow(/graph: "of yesterday"/);
  }
});

test('MERba is initialized from the weights that ship, where its classes are theirs and --from does not forbid it', () => {
  const [usual] = rows({ network: 'merba' });
  expect(usual!.settings['from']).toMatchObject({ frozen: 0, slower: 1, whole: true });
  expect(usual!.start?.byteLength).toBeGreaterThan(100_000);
  const without = [
    rows({ network: 'merba', start: 'none' })[0]!,
    rows({ network: 'merba:tiny' })[0]!,
    chosenRows({ ablation: false, classical: false, network: 'merba' }, [
      'happiness',
      'others',
    ])[0]!,
    ...rows({ ablation: true }),
  ];
  for (const { settings, start } of without) {
    expect(settings['from']).toBeUndefined();
    expect(start).toBeUndefined();
  }
});
