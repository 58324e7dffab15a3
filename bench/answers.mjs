/**
 * @file One clip, one answer: how far the built-in decoder, the program ffmpeg and three browsers agree.
 *
 * `npm run build && node bench/answers.mjs [--clips FOLDER] [--only PART] [--on NAMES] [--keep FOLDER]` analyzes the real clips
 * of FOLDER and six synthetic ones by each of them and compares the reports with the first one. Writes
 * bench/results/answers.md, except with `--only` or `--on`; `--keep` keeps the reports.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
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
      '3',
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
    words: ['--kind', 'nose-wrinkle', '--seed', '14', '--rate', '200', '--seconds', '3'],
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
    const opened = await way.open();
    try {
      for (const { name, path } of clips) {
        const start = loadavg()[0];
        const answer = await opened.analyze(path).catch((error) => ({ refusal: error.message }));
        answers.get(name).push({ way: way.name, ...answer });
        console.log(
          way.name,
          name,
          answer.refusal ?? `${answer.elapsed} ms, load ${start.toFixed(1)}`,
        );
        if (options.keep !== undefined && answer.report !== undefined) {
          mkdirSync(options.keep, { recursive: true });
          writeFileSync(
            join(options.keep, `${name}.${way.name}.json`),
            JSON.stringify(answer.report),
          );
        }
      }
    } finally {
      await opened.close();
    }
  }
  for (const { name } of clips) {
    const [first, ...others] = answers.get(name).filter(({ report }) => report !== undefined);
    for (const { way, refusal } of answers.get(name)) {
      if (refusal !== undefined) rows.push([name, way, refusal]);
    }
    for (const { way, report, elapsed } of others) {
      rows.push([name, way, compareAnswers(report, first.report), first.way, elapsed]);
    }
  }
  for (const row of rows) console.log(JSON.stringify(row));
} finally {
  await site.close();
  rmSync(room, { recursive: true, force: true });
}
