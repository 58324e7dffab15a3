/** @file The conformance suite over the registry, and how it answers to unknown names. */
import { expect, test } from 'vitest';

import { networkCases } from './networks.cases.ts';
import { findConfig, findNetwork, networks } from './registry.ts';

for (const network of Object.values(networks)) networkCases(network);

test('unknown names are answered with the known ones', () => {
  expect(() => findNetwork('resnet')).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  expect(() => findNetwork('toString')).toThrow(/no network/);
  expect(() => findConfig(findNetwork('merba'), 'huge')).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('flow28') as string }),
  );
});
