/** @file What `import { analyze } from '@telltale/core'` costs a page, tree-shaken. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

const bench = join(import.meta.dirname, '../bench');
const ANALYZE = "import { analyze } from '@telltale/core'";
/** Bytes. Raise them only with the reason in the commit. */
const CEILING = { minified: 101_000, gzip: 43_500 };

it('stays under its ceiling, and near what bench/results/size.json records', async () => {
  const { imports, sizeOf } = (await import(join(bench, 'size.mjs'))) as {
    readonly imports: Readonly<Record<string, string>>;
    readonly sizeOf: (code: string) => Promise<typeof CEILING>;
  };
  const size = await sizeOf(imports[ANALYZE]!);
  expect(size.minified).toBeGreaterThan(20_000);
  expect(size.minified).toBeLessThan(CEILING.minified);
  expect(size.gzip).toBeLessThan(CEILING.gzip);
  const recorded = JSON.parse(readFileSync(join(bench, 'results/size.json'), 'utf8')) as {
    readonly sizes: Readonly<Record<string, typeof CEILING>>;
  };
  expect(Math.abs(size.minified / recorded.sizes[ANALYZE]!.minified - 1)).toBeLessThan(0.05);
});
