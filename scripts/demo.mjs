/**
 * A demonstration with a known answer: synthesizes a clip with one movement, analyzes it, and prints what was found next
 * to the ground truth. Fails where the movement was not found.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

/** Overlap, as length of intersection by length of union, from which an interval counts as found. */
const FOUND = 0.5;
const folder = 'demo-output';
const clip = join(folder, 'clip.mp4');
const report = join(folder, 'report');

log('Generating a clip: the brows of a face rise for a moment, and the eyes blink.');
telltale('synth', '--out', clip, '--kind', 'brow-raise', '--seed', '7', '--blink', '--overwrite');
log('Analyzing it without its ground truth.');
telltale('analyze', clip, '--out', report);

const { events } = JSON.parse(readFileSync(join(folder, 'clip.json'), 'utf8'));
const { expressions } = JSON.parse(readFileSync(join(report, 'report.json'), 'utf8'));
const matches = events.map((planted) => bestMatch(planted));
const expected = matches.filter(({ planted }) => planted.kind !== 'blink');
const extra = expressions.filter(
  (one) => one.kind !== 'blink' && !matches.some(({ found }) => found === one),
);

log('');
table([
  ['', 'ground truth', 'onset', 'apex', 'offset', 'found', 'onset', 'apex', 'offset', 'overlap'],
  ...matches.map(({ planted, found, overlap }) => [
    overlap >= FOUND ? 'yes' : 'no',
    planted.kind,
    ...momentsOf(planted),
    found ? found.kind : 'nothing',
    ...(found ? momentsOf(found) : ['', '', '']),
    overlap.toFixed(2),
  ]),
]);
log('');
log('Times in seconds; overlap is intersection over union, 0.5 counts as found.');
for (const { found } of expected) {
  if (found?.verdict !== undefined) log(`The recognizer's verdict: ${verdictText(found)}.`);
}
log(`Movements found that the ground truth does not have: ${extra.length}.`);
log(`The report: ${join(process.cwd(), report, 'report.html')}`);
if (expected.some(({ overlap }) => overlap < FOUND)) {
  log('The movement was not found.');
  process.exitCode = 1;
}

function bestMatch(planted) {
  const kinds = planted.kind === 'blink' ? ['blink'] : ['micro', 'macro'];
  const candidates = expressions
    .filter(({ kind }) => kinds.includes(kind))
    .map((found) => ({ planted, found, overlap: overlapOf(planted, found) }))
    .filter(({ overlap }) => overlap > 0)
    .sort((a, b) => b.overlap - a.overlap);
  return candidates[0] ?? { planted, found: undefined, overlap: 0 };
}

function overlapOf(a, b) {
  const start = Math.max(a.onset.time, b.onset.time);
  const end = Math.min(a.offset.time, b.offset.time);
  const first = Math.min(a.onset.time, b.onset.time);
  const last = Math.max(a.offset.time, b.offset.time);
  return Math.max(0, end - start) / (last - first);
}

function momentsOf({ onset, apex, offset }) {
  return [onset, apex, offset].map(({ time }) => time.toFixed(2));
}

function verdictText({ verdict, classes }) {
  const shares = Object.entries(classes).map(([name, share]) => `${name} ${share.toFixed(2)}`);
  return `${verdict} (${shares.join(', ')})`;
}

function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows) {
    log(
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
  }
}

function telltale(...words) {
  const { status, signal } = spawnSync(
    process.execPath,
    ['packages/cli/bin/telltale.js', ...words],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  if (status !== 0) {
    log(`telltale ${words[0]} ended with ${status ?? signal}`);
    process.exit(status ?? 1);
  }
}

function log(text) {
  process.stdout.write(`${text}\n`);
}
