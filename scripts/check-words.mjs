/**
 * The word check: finds the words of `scripts/words/rules.mjs` in file names, identifiers, comments, strings and
 * documents, and prints each with what to write instead.
 *
 *     node scripts/check-words.mjs                     # everything; part of `npm run lint`
 *     node scripts/check-words.mjs packages/engine     # one folder or file, always strict
 *     node scripts/check-words.mjs --summary [PATH…]   # counts by rule
 *     node scripts/check-words.mjs --update            # lowers the baseline to what is there now
 *
 * While `scripts/words/baseline.json` exists, a run over everything fails only where a rule has more matches than
 * recorded there. Deleting that file makes the check strict.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';

import { allowed, ignored, rules } from './words/rules.mjs';

const READ =
  /\.(?:ts|mts|js|mjs|cjs|svelte|html|css|md|mdx|json|ya?ml|cff|py|R|sh|txt|vue)$|^\.ci\/run$/;
const BASELINE = 'scripts/words/baseline.json';

// A reader that has read enough (`| head`) is not an error.
process.stdout.on('error', (error) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const options = process.argv.slice(2).filter((word) => word.startsWith('--'));
const unknown = options.find((word) => !['--summary', '--update'].includes(word));
if (unknown !== undefined) {
  process.stderr.write(`Unknown option "${unknown}". Use --summary or --update.\n`);
  process.exit(2);
}
const paths = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--', ...paths], {
  encoding: 'utf8',
  maxBuffer: 1 << 26,
})
  .split('\n')
  .filter((file) => READ.test(file) && existsSync(file) && !ignored.some((one) => one.test(file)));

const used = new Set();
const findings = files.flatMap((file) => [
  ...check(file, file, 'name'),
  ...check(file, readFileSync(file, 'utf8'), 'text').sort(
    (a, b) => a.line - b.line || a.column - b.column,
  ),
]);
const counts = Object.fromEntries(
  rules.map(({ id }) => [id, findings.filter(({ rule }) => rule === id).length]),
);

const baseline =
  paths.length === 0 && existsSync(BASELINE)
    ? JSON.parse(readFileSync(BASELINE, 'utf8'))
    : undefined;

if (options.includes('--update')) {
  if (baseline === undefined) fail('there is no baseline to lower');
  const lowered = Object.entries(counts)
    .map(([id, count]) => [id, Math.min(count, baseline[id] ?? 0)])
    .filter(([, count]) => count > 0);
  writeFileSync(BASELINE, `${JSON.stringify(Object.fromEntries(lowered), null, 2)}\n`);
} else if (options.includes('--summary')) {
  for (const { id, write } of rules) {
    if (counts[id] > 0)
      process.stdout.write(`${String(counts[id]).padStart(5)}  ${id} → ${write}\n`);
  }
} else {
  const over = rules.filter(({ id }) => counts[id] > (baseline?.[id] ?? 0));
  const shown = new Map(over.map(({ id, write }) => [id, write]));
  for (const { rule, file, line, column, match } of findings) {
    if (!shown.has(rule)) continue;
    process.stdout.write(`${file}:${line}:${column}  "${match}" → ${shown.get(rule)}\n`);
  }
  for (const { id } of over) {
    if (baseline?.[id] === undefined) continue;
    process.stdout.write(`${id}: ${counts[id]} matches, ${baseline[id]} in the baseline\n`);
  }
  const stale = paths.length > 0 || baseline ? [] : allowed.filter((one) => !used.has(one));
  for (const { rule, text } of stale) {
    process.stdout.write(
      `scripts/words/rules.mjs: nothing matches the allowance ${text} of ${rule}\n`,
    );
  }
  process.exitCode = over.length > 0 || stale.length > 0 ? 1 : 0;
}
process.stderr.write(`words: ${findings.length} matches in ${files.length} files\n`);

/** The matches of every rule in one text that nothing allows. */
function check(file, text, where) {
  return rules.flatMap(({ id, find, except = [] }) => {
    const matches = [...text.matchAll(find)];
    if (matches.length === 0) return [];
    const here = allowed.filter((one) => one.rule === id && one.file.test(file));
    const right = [...except, ...here].flatMap((one) =>
      [...text.matchAll(one.text)].map(({ index, 0: span }) => ({
        from: index,
        to: index + span.length,
        one,
      })),
    );
    return matches.flatMap(({ index, 0: match }) => {
      const allowance = right.find(({ from, to }) => from <= index && index + match.length <= to);
      if (allowance) {
        used.add(allowance.one);
        return [];
      }
      if (where === 'name')
        return [{ rule: id, file, line: 1, column: 1, match: `${match} in the file name` }];
      const before = text.slice(0, index).split('\n');
      return [
        {
          rule: id,
          file,
          line: before.length,
          column: before.at(-1).length + 1,
          match: match.replaceAll(/\s+/g, ' '),
        },
      ];
    });
  });
}

function fail(reason) {
  process.stderr.write(`words: ${reason}\n`);
  process.exit(1);
}
