/**
 * @file Subjects held out of a training, and what two trained networks make of them.
 *
 * `node bench/pretrain/held-out.mjs split CACHE OUT`: every third subject of each dataset goes to OUT/test, the others to
 * OUT/train, and to OUT/train-flow without their faces.
 *
 * `npm run build && node bench/pretrain/held-out.mjs compare TEST WEIGHTS OTHER` prints the scores of both on TEST, and
 * the 95 % interval of their difference, of a paired bootstrap over subjects; all, and each dataset. WEIGHTS and OTHER may
 * be as many files each, joined by commas, such as of several seeds: the answers of all are taken together.
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';

const USAGE = 'held-out.mjs split CACHE OUT, or held-out.mjs compare TEST WEIGHTS OTHER';
const [what, ...rest] = process.argv.slice(2);
if (what === 'split' && rest.length === 2) split(...rest);
else if (what === 'compare' && rest.length === 3) await compare(...rest);
else throw new Error(USAGE);

function split(cache, out) {
  const [head, ...lines] = readFileSync(join(cache, 'samples.csv'), 'utf8').trim().split(/\r?\n/);
  const names = head.split(',');
  // No cell of a rendered dataset has a comma.
  const rows = lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, i) => [name, cells[i]]));
  });
  const everyone = [...new Set(rows.map(subjectOf))].sort();
  const datasets = [...new Set(rows.map(({ dataset }) => dataset))];
  const heldOut = new Set(
    datasets.flatMap((dataset) =>
      everyone.filter((one) => one.startsWith(`${dataset}/`)).filter((_, i) => i % 3 === 2),
    ),
  );
  const isTest = (row) => heldOut.has(subjectOf(row));
  const training = rows.filter((row) => !isTest(row));
  const parts = {
    train: training,
    test: rows.filter(isTest),
    'train-flow': training.map((row) => ({ ...row, apex: '', onset: '', magnified: '' })),
  };
  for (const [part, some] of Object.entries(parts)) {
    mkdirSync(join(out, part), { recursive: true });
    for (const row of some)
      for (const file of [row.flow, row.apex, row.onset, row.magnified])
        if (file) {
          mkdirSync(dirname(join(out, part, file)), { recursive: true });
          cpSync(join(cache, file), join(out, part, file));
        }
    const text = [head, ...some.map((row) => names.map((name) => row[name]).join(','))].join('\n');
    writeFileSync(join(out, part, 'samples.csv'), `${text}\n`);
    const count = new Set(some.map(subjectOf)).size;
    process.stdout.write(`${part}: ${some.length} samples of ${count} subjects\n`);
  }
}

function subjectOf({ dataset, subject }) {
  return `${dataset}/${subject}`;
}

async function compare(test, ...weights) {
  const { scoreKnockout } = await import('@telltale/core/evaluate');
  const { openRecognizer } = await import('@telltale/core/recognize');
  const { loadRuntime } = await import('@telltale/node');
  const { readFlowFolder } = await import('../../packages/cli/dist/io/dataset.js');
  const { samples, images, faces } = await readFlowFolder(test, { size: 'any' });
  const runtime = await loadRuntime();
  const inputs = images.map((flow, i) => ({ flow, ...faces[i] }));
  const answers = [];
  let classes;
  const seeds = weights[0].split(',').length;
  if (weights[1].split(',').length !== seeds)
    throw new Error('WEIGHTS and OTHER are as many files');
  for (const paths of weights) {
    const rows = [];
    for (const path of paths.split(',')) {
      const recognizer = await openRecognizer(runtime, readFileSync(path), { threads: 1 });
      rows.push(...(await recognizer.classify(inputs)).map((row) => [...row]));
      classes = recognizer.card.classes; // both have learned the same folder's classes
      await recognizer.release();
    }
    answers.push(rows);
  }
  const print = (name, { uf1, uar }, interval) =>
    process.stdout.write(
      `  ${name}: UF1 ${uf1.toFixed(3)} [${interval.map((bound) => bound.toFixed(3)).join(', ')}], UAR ${uar.toFixed(3)}\n`,
    );
  for (const dataset of [undefined, ...new Set(samples.map((sample) => sample.dataset))]) {
    const own = samples.flatMap((one, i) => ((dataset ?? one.dataset) === one.dataset ? [i] : []));
    const some = Array.from({ length: seeds }, (_, k) => own.map((i) => k * samples.length + i)).flat(); // prettier-ignore
    const [first, second] = answers.map((rows) => some.map((i) => rows[i]));
    const labeled = some.map((i) => ({
      emotion: samples[i % samples.length].emotion,
      subject: subjectOf(samples[i % samples.length]),
    }));
    const score = (whole, other) =>
      scoreKnockout({ classes, samples: labeled, whole, parts: [{ probabilities: other }] });
    const { whole, parts, subjects } = score(first, second);
    process.stdout.write(`${dataset ?? 'all'}: ${own.length} clips of ${subjects} subjects\n`);
    print(weights[0], whole.scores, whole.intervals.uf1);
    print(weights[1], parts[0].scores, score(second, first).whole.intervals.uf1);
    const back = score(second, first).parts[0].difference;
    print('first − second', back.measured, back.intervals.uf1);
  }
}
