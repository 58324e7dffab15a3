/**
 * Everything that a change has to pass, in order from quick to slow, each step with its name and its time. All steps
 * run, so that one mistake does not hide the others; only a failing build ends the run. The tests come last, and
 * behind their summary one line lists the steps that failed.
 *
 *     npm run check                  # all of it
 *     npm run lint                   # without the tests
 *     npm test                       # all of it, and first the programs that tests need
 *     npm test -- packages/engine    # these tests alone: arguments of `vitest run`
 */
import { spawnSync } from 'node:child_process';
import process from 'node:process';

const BUILD = ['build', 'node_modules/typescript/bin/tsc', '-b'];

const STATIC = [
  ['types of tests and scripts', 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.tools.json'],
  ['types of the page', 'npm', 'run', '--silent', 'check', '-w', 'packages/app'],
  ['lint', 'node_modules/eslint/bin/eslint.js', '.'],
  ['format', 'node_modules/prettier/bin/prettier.cjs', '--check', '.'],
  ['layers', 'npx', 'depcruise', 'packages', '--config', '.dependency-cruiser.mjs'],
  ['unused code', 'npx', 'knip'],
  ['words', 'scripts/check-words.mjs'],
  ['licenses', 'scripts/licenses.mjs', '--check'],
  ['links', 'npm', 'run', '--silent', 'links'],
];

const words = process.argv.slice(2);
const staticOnly = words[0] === '--static';
const tests = ['tests', 'node_modules/vitest/vitest.mjs', 'run', ...(staticOnly ? [] : words)];

process.chdir(new URL('..', import.meta.url).pathname);
const steps = staticOnly
  ? [BUILD, ...STATIC]
  : words.length > 0
    ? [tests]
    : [BUILD, ...STATIC, tests];

const began = performance.now();
const failed = [];
for (const step of steps) {
  const [name] = step;
  log(`── ${name}`);
  const start = performance.now();
  const passed = run(step);
  log(`   ${passed ? 'passed' : 'FAILED'} in ${secondsSince(start)} s`);
  if (passed) continue;
  failed.push(name);
  if (step === BUILD) break;
}
log(
  failed.length === 0
    ? `check: ${steps.length} of ${steps.length} steps passed in ${secondsSince(began)} s`
    : `check: failed: ${failed.join(', ')} (after ${secondsSince(began)} s)`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

function run([, program, ...rest]) {
  const script = /\.(?:mjs|cjs|js)$|\/tsc$/.test(program);
  const [command, args] = script ? [process.execPath, [program, ...rest]] : [program, rest];
  return spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}

function secondsSince(time) {
  return ((performance.now() - time) / 1000).toFixed(1);
}

function log(text) {
  process.stdout.write(`${text}\n`);
}
