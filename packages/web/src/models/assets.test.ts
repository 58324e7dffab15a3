import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

import { shippedRecognizers } from '@telltale/core/recognize';
import { shippedUnits } from '@telltale/core/units';
import { expect, it } from 'vitest';

import { bundledUnits, bundledWeights } from './assets.ts';

it('every recognizer that ships has an address, and the file behind it exists', () => {
  expect(Object.keys(bundledWeights).sort()).toEqual(Object.values(shippedRecognizers).sort());
  const { resolve } = createRequire(import.meta.url);
  expect(bundledUnits.pathname.endsWith(`/${shippedUnits}`)).toBe(true);
  for (const file of [...Object.keys(bundledWeights), shippedUnits])
    expect(existsSync(resolve(`@telltale/core/models/${file}`)), file).toBe(true);
});
