/**
 * @file One clip, one answer: how far the built-in decoder, the program ffmpeg and three browsers agree.
 *
 * `npm run build && node bench/answers.mjs [--clips FOLDER] [--only PART] [--on NAMES] [--keep FOLDER]` analyzes the real clips
 * of FOLDER and six synthetic ones by each of them and compares the reports with the first one. Writes
 * bench/results/answers.md, except with `--only` or `--on`. `--keep` keeps the reports, and takes those that are there.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { register } from 'node:module';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { startSite } from './page/browser.mjs';

register('../test/typescript-hooks.mjs', import.meta.url);
const { chromium, firefox, webkit } = await import('../test/browser/drivers.ts');
const { analyzeOnPage } = await import('../test/browser/analyze-on-page.ts');
const { compareAnswers } = await import('../test/browser/compare-answers.ts');

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { values: options } = parseArgs({
  options: {
    clips: { type: 'string', default: here('../../shared/data/clips') },
    only: { type: 'string' },
    on: { type: 'string' },
    keep: { type: 'string' },
  },
});
const room = mkdtempSync(join(tmpdir(), 'telltale-answers-'));
/** Milliseconds for one clip. */
const LIMIT = 600_000;

/** Synthetic clips: the options of `telltale synth`, and how ffmpeg encodes the clip again. */
const SYNTHETIC = [
  { name: 'raise-30.mp4', words: ['--kind', 'brow-raise', '--seed', '7', '--blink'] },
  {
    name: 'smile-30.webm',
    words: ['--kind', 'lip-corner-pull', '--seed', '11', '--amplitude', '1.2'],
    codec: ['-c:v', 'libvpx-vp9', '-b:v', '2M', '-deadline', 'realtime', '-cpu-used', '8'],
  },
  {
    name: 'lower-30.mpg',
    words: ['--kind', 'brow-lower', '--seed', '12'],
    codec: ['-c:v', 'mpeg1video', '-q:v', '3'],
  },
  {
    name: 'raise-200-bt709.mp4',
    words: [
      '--kind',
      'brow-raise',
      '--seed',
      '13',
      '--rate',
      '200',
      '--seconds',
      '2',
      '--amplitude',
      '1',
    ],
    // prettier-ignore
    codec: [
      ...['-vf', 'scale=out_color_matrix=bt709,format=yuv420p', '-c:v', 'libx264', '-crf', '20'],
      ...['-preset', 'veryfast', '-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709'],
    ],
  },
  {
    name: 'wrinkle-200.webm',
    words: ['--kind', 'nose-wrinkle', '--seed', '14', '--rate', '200', '--seconds', '2'],
    codec: ['-c:v', 'libvpx', '-b:v', '4M', '-deadline', 'realtime', '-cpu-used', '8'],
  },
  {
    name: 'depress-30-av1.mp4',
    words: ['--kind', 'lip-corner-depress', '--seed', '15', '--amplitude', '1.5'],
    codec: ['-c:v', 'libsvtav1', '-preset', '10', '-crf', '30'],
  },
];

function run(program, words, env = {}) {
  const { status, stdout, stderr } = spawnSync(program, words, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, NO_COLOR: '1', ...env },
  });
  if (status !== 0 && stdout === '')
    throw new Error(stderr.trim().split('\n').slice(0, 3).join(' '));
  return stdout;
}

const telltale = (words, env) =>
  run(process.execPath, [here('../packages/cli/bin/telltale.js'), ...words], env);

function makeClip({ name, words, codec }) {
  const photo = here('../node_modules/@vladmandic/face-api/demo/sample6.jpg');
  const path = join(room, name);
  const made = codec === undefined ? path : join(room, `${name}.made.mp4`);
  telltale(['synth', '--out', made, '--face', photo, ...words]);
  if (codec !== undefined) run('ffmpeg', ['-v', 'error', '-i', made, ...codec, path]);
  return path;
}

/** A way to the report of a clip; each has `open`, which may take long, and is closed at the end. */
const onNode = (name, decoder) => ({
  name,
  missing: [],
  open: async () => ({
    analyze: async (clip) => {
      const start = Date.now();
      const report = JSON.parse(
        telltale(['analyze', clip, '--json'], { TELLTALE_DECODER: decoder }),
      );
      return { report, elapsed: Date.now() - start };
    },
    close: async () => undefined,
  }),
});
const onPage = (driver) => ({
  name: driver.name,
  missing: driver.missing,
  open: async () => {
    const page = await driver.open();
    return {
      analyze: (clip) => analyzeOnPage(page, { address: site.address, clip, limit: LIMIT }),
      close: () => page.close(),
    };
  },
});

const ways = [
  onNode('built-in', 'built-in'),
  onNode('ffmpeg', 'ffmpeg'),
  ...[chromium, firefox, webkit].map(onPage),
].filter(({ name, missing }) => {
  if (missing.length > 0) console.log(`${name}: skipped, there is no ${missing.join(', ')}`);
  return missing.length === 0 && (options.on?.split(',').includes(name) ?? true);
});

const site = await startSite();
const rows = [];
const clipRows = [];
try {
  const real = existsSync(options.clips)
    ? readdirSync(options.clips)
        .filter((name) => /\.(mp4|mov|mpg|webm|avi)$/.test(name))
        .map((name) => ({ name, path: join(options.clips, name) }))
    : [];
  const wanted = ({ name }) => options.only === undefined || new RegExp(options.only).test(name);
  const clips = [
    ...real.filter(wanted),
    ...SYNTHETIC.filter(wanted).map((made) => ({ name: made.name, path: makeClip(made) })),
  ];
  const answers = new Map(clips.map(({ name }) => [name, []]));
  for (const way of ways) {
    let opened;
    try {
      for (const { name, path } of clips) {
        const kept = options.keep && join(options.keep, `${name}.${way.name}.json`);
        if (kept && existsSync(kept)) {
          answers.get(name).push(JSON.parse(readFileSync(kept, 'utf8')));
          continue;
        }
        opened ??= await way.open();
        const load = loadavg()[0].toFixed(1);
        const found = await opened.analyze(path).catch((error) => ({ refusal: error.message }));
        const answer = { way: way.name, ...found };
        answers.get(name).push(answer);
        console.log(way.name, name, answer.refusal ?? `${answer.elapsed} ms, load ${load}`);
        if (kept && answer.report !== undefined) {
          mkdirSync(options.keep, { recursive: true });
          writeFileSync(kept, JSON.stringify(answer));
        }
      }
    } finally {
      await opened?.close();
    }
  }
  for (const { name } of clips) {
    const [first, ...others] = answers.get(name).filter(({ report }) => report !== undefined);
    const { clip, expressions, candidates = [] } = first.report;
    const found = expressions.map(
      ({ kind, onset, apex, offset, atEdge }) =>
        `${kind} ${onset.frame}–${apex.frame}–${offset.frame}${atEdge ? ' (at the edge)' : ''}`,
    );
    clipRows.push(
      `| ${name} | ${clip.frames}, ${clip.rate.toFixed(0)}/s | ${first.way} | ${found.join(', ') || 'nothing'} | ${candidates.length} |`,
    );
    for (const { way, refusal } of answers.get(name)) {
      if (refusal !== undefined) rows.push(`| ${name} | ${way} | refused | | | | | | |`);
    }
    for (const { way, report, elapsed } of others) {
      const apart = compareAnswers(report, first.report);
      const lost = [...apart.onlyHere, ...apart.onlyThere];
      const same = lost.length === 0 ? 'the same' : lost.join(', ');
      const marked = apart.unmarked.length === 0 ? '' : ' (not marked)';
      const numbers = [apart.confidence, apart.probability, apart.curve, apart.threshold];
      rows.push(
        `| ${name} | ${way} | ${same}${marked} | ${apart.frames} | ${numbers.map((value) => value.toFixed(4)).join(' | ')} | ${(elapsed / 1000).toFixed(1)} s |`,
      );
    }
  }
  const text = `# One clip, one answer

Made by \`node bench/answers.mjs\`: how far the report of each decoder is from that of the first one that reads the clip. An event is the same with the same kind and onset, apex and offset within one frame. "Curve" and "threshold" are the largest differences in parts of the threshold. Seconds are of one run on a machine that did much else (load 10 to 40 on two cores): compare nothing with them.

| clip | frames | first | its events (onset–apex–offset) | candidates |
|---|---|---|---|---|
${clipRows.join('\n')}

| clip | decoder | events | frames apart | confidence | probabilities | curve | threshold | time |
|---|---|---|---|---|---|---|---|---|
${rows.join('\n')}
`;
  console.log(text);
  if (options.only === undefined && options.on === undefined) {
    writeFileSync(here('results/answers.md'), text);
  }
} finally {
  await site.close();
  rmSync(room, { recursive: true, force: true });
}
