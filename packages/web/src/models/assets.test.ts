import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

import { shippedRecognizers } from '@telltale/core/recognize';
import { expect, it } from 'vitest';

import { bundledWeights } from './assets.ts';

it('every recognizer that ships has an address, and the file behind it exists', () => {
  expect(Object.keys(bundledWeights).sort()).toEqual(Object.values(shippedRecognizers).sort());
  const { resolve } = createRequire(import.meta.url);
  for (const file of Object.keys(bundledWeights))
    expect(existsSync(resolve(`@telltale/core/models/${file}`)), file).toBe(true);
});
