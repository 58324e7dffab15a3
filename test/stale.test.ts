/** @file Which changes of the built modules make kept results stale: what users run is built. */
import { testCodeDigest } from '../packages/cli/src/cache/code.cases.ts';
import type { codeDigest } from '../packages/cli/src/cache/code.ts';

const path = '../packages/cli/dist/cache/code.js';
const built = (await import(path)) as { readonly codeDigest: typeof codeDigest };

testCodeDigest(built.codeDigest, { folder: 'dist', extension: '.js' });
