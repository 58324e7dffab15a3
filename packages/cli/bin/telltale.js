#!/usr/bin/env node
import { existsSync } from 'node:fs';
import * as module from 'node:module';

module.enableCompileCache?.(); // Node 22.8 and newer: a second start need not compile again

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write('telltale is not built yet: run "npm run setup" in its folder first.\n');
  process.exitCode = 1;
}
