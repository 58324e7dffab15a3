/** @file Which changes of the sources make kept results stale. */
import { testCodeDigest } from './code.cases.ts';
import { codeDigest } from './code.ts';

testCodeDigest(codeDigest, { folder: 'src', extension: '.ts' });
