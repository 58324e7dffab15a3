/**
 * @file Spotting by the rules of the field on long synthetic clips: F1 for each amplitude and frame rate.
 *
 *     npm run build && node bench/spotting.mjs [amplitudes] [rates] [events]   # e.g. 0.5,1,2 30,200 18
 *     node bench/spotting.mjs --apex [clips]                                   # where an apex is found
 *     node bench/spotting.mjs --real FOLDER                                    # false alarms where nothing was planted
 *
 * Each clip shows one face (photographs that ship with the development setup) with a micro-expression of
 * drawn action units about every third second, blinks, a stretch of talking and a swaying head. What is measured is what
 * `telltale analyze` does by default: hits have an intersection over union of at least one half, counts are taken
 * over all clips of a row (MEGC 2019). Results go to bench/results/.
 *
 * What is measured in a clip, before anything is decided, is kept in a folder outside the repository (TELLTALE_KEEP,
 * or one of the system's), under a key of the code that measures. So a run that was stopped resumes, and rules are
 * compared without measuring again. `--minutes N` stops by itself before a clip that would begin later; the same command
 * resumes. `--first N` chooses other clips: rules are made on those from 100, results are of those from 200.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { openFaceModels } from '@telltale/core';
import { findFace } from '@telltale/core/face';
import { countVideo, scoreCounts, sumCounts } from '@telltale/core/evaluate';
import { drawUnits, filmScenario, varySubject } from '@telltale/core/synth';
import { loadRuntime, openClip, readFaceModelFiles, readImage } from '@telltale/node';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const core = (name) => import(new URL(`../packages/core/dist/${name}.js`, import.meta.url));
const { createRandom } = await core('base/random');
const { landmarksInCrop } = await core('face/align');
const { cropGray } = await core('face/crop');
const { createTvl1 } = await core('motion/tvl1');
const { findApex } = await core('spot/apex');
const { measureClip } = await core('analyze/measure-clip');
const { spotMovements } = await core('spot/spot');

const EMOTIONS = ['happiness', 'disgust', 'surprise', 'repression', 'anger', 'contempt', 'sadness'];
const PHOTOS = ['sample3.jpg', 'sample5.jpg', 'sample6.jpg'];
/** Clips that no rule was made on begin here. */
const FIRST = 200;
/** Code that decides what is measured in a clip: other code, other measurements. */
const MEASURES = [
  ...['base', 'face', 'motion', 'synth', 'video'],
  'analyze/measure-clip.js',
  ...['crop', 'displacement', 'follow', 'illumination', 'measure', 'quality', 'regions'].map(
    (name) => `spot/${name}.js`,
  ),
];

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    apex: { type: 'boolean' },
    real: { type: 'boolean' },
    first: { type: 'string', default: `${FIRST}` },
    minutes: { type: 'string', default: 'Infinity' },
  },
});
const first = Number(given.first);
const stopAt = Date.now() + 60_000 * Number(given.minutes);
const code = given.apex ? [...MEASURES, 'spot/apex.js'] : MEASURES;
const keep = join(process.env.TELLTALE_KEEP ?? join(tmpdir(), 'telltale-spotting'), keyOf(code));
const demo = join(
  dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')),
  'demo',
);
const face = await openFaceModels(await loadRuntime(), await readFaceModelFiles(), { threads: 1 });
const flow = await createTvl1();
const faces = new Map();
const STOPPED = new Error('stopped');

try {
  mkdirSync(keep, { recursive: true });
  if (given.apex) await measureApex(Number(positionals[0] ?? 24));
  else if (given.real) await measureReal(positionals[0]);
  else await measureSpotting(positionals);
} catch (error) {
  if (error !== STOPPED) throw error;
  console.error('Time is up; what was measured is kept. The same command resumes.');
  process.exitCode = 75;
} finally {
  await face.close();
}

/** A hash of the code that measures, and of what is filmed. */
function keyOf(parts) {
  const hash = createHash('sha256');
  const add = (path) => {
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) add(join(path, name));
    } else if (path.endsWith('.js')) hash.update(readFileSync(path));
  };
  for (const part of parts) add(here(`../packages/core/dist/${part}`));
  for (const part of [EMOTIONS, PHOTOS, longScenario, eventsAt, faceOf, apexError]) {
    hash.update(String(part));
  }
  return hash.digest('hex').slice(0, 12);
}

/** A photograph with its landmarks, in a light of its own. */
async function faceOf(index) {
  const name = PHOTOS[index % PHOTOS.length];
  if (!faces.has(name)) {
    const image = await readImage(join(demo, name));
    faces.set(name, { image, landmarks: (await findFace(face, image)).landmarks });
  }
  return varySubject(faces.get(name), index);
}

/** Expressions in one clip: fast clips are shorter. */
function eventsAt(rate) {
  return rate > 100 ? 3 : 6;
}

/** A long clip: expressions 1.6 to 2.6 s apart, two blinks between them, and talking in the middle. */
function longScenario({ amplitude, rate, index }) {
  const random = createRandom(9000 + index);
  const count = eventsAt(rate);
  const events = [];
  let at = 1.2;
  for (let i = 0; i < count; i++) {
    const length = 0.24 + 0.23 * random.uniform();
    events.push({
      kind: 'micro',
      units: drawUnits(random, EMOTIONS[random.integer(EMOTIONS.length)]),
      ...{ amplitude, onset: at, offset: at + length },
      apex: at + length * (0.4 + 0.18 * random.uniform()),
    });
    at += length;
    const pause = 1.6 + random.uniform();
    if (i % 3 === 1) {
      const blink = at + 0.5 + (pause - 1.2) * random.uniform();
      events.push({ kind: 'blink', onset: blink, offset: blink + 0.2 + 0.1 * random.uniform() });
    }
    at += pause;
    if (i === (count >> 1) - 1) {
      const speech = rate > 100 ? 1.5 : 3;
      events.push({ kind: 'talk', onset: at - 0.5, offset: at - 0.5 + speech });
      at += speech + 0.6;
    }
  }
  return {
    name: `${amplitude}px-${rate}fps-${index}`,
    ...{ width: 340, height: 380, interocular: 100, rate, amplitude },
    frames: Math.ceil(at * rate),
    ...{ events, seed: 500 + index, gray: true },
  };
}

/** What is kept under a name, measured now where it is not. */
async function once(name, measure) {
  const path = join(keep, `${name}.json`);
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8'));
  if (Date.now() > stopAt) throw STOPPED;
  const began = Date.now();
  const value = await measure();
  const plain = (_, one) => (ArrayBuffer.isView(one) ? [...one] : one);
  writeFileSync(`${path}.part`, JSON.stringify(value, plain));
  renameSync(`${path}.part`, path);
  process.stderr.write(`\r${name}: measured in ${Math.round((Date.now() - began) / 1000)} s\n`);
  return value;
}

/** What the analysis measures in a clip, before it decides. */
async function watch(clip) {
  const log = (stage, done) => {
    if (done % 100 === 0) process.stderr.write(`\r${clip.name}: ${stage}, frame ${done} `);
  };
  return once(clip.name, async () => {
    const { motion, track } = await measureClip(clip, face, { onProgress: log });
    return { stretches: motion.stretches, times: track.times };
  });
}

function frameOf(time, rate) {
  return Math.round(time * rate);
}

async function measureSpotting([amplitudes = '0.5,1,2', rates = '30,200', wanted = '18']) {
  const rows = [];
  for (const rate of rates.split(',').map(Number)) {
    for (const amplitude of amplitudes.split(',').map(Number)) {
      const videos = [];
      let [seconds, talking, blinks, blinksFound] = [0, 0, 0, 0];
      const clips = Math.ceil(Number(wanted) / eventsAt(rate));
      for (let index = first; index < first + clips; index++) {
        const scenario = longScenario({ amplitude, rate, index });
        const clip = filmScenario(await faceOf(index), scenario);
        const { stretches } = await watch(clip);
        const { movements } = spotMovements(stretches);
        const spotted = movements
          .filter(({ kind }) => kind !== 'blink')
          .map(({ onset, offset, kind, confidence }) => ({
            ...{ onset: frameOf(onset, rate), offset: frameOf(offset, rate) },
            ...{ kind, score: confidence },
          }));
        const truth = clip.truth.events
          .filter(({ kind }) => kind !== 'blink')
          .map(({ onset, offset, kind }) => ({ onset: onset.frame, offset: offset.frame, kind }));
        videos.push({
          id: scenario.name,
          dataset: 'synthetic',
          subject: `${index}`,
          truth,
          spotted,
        });
        for (const { kind, onset, offset } of scenario.events) {
          const within = (time) => time > onset - 0.2 && time < offset + 0.2;
          if (kind === 'talk') {
            talking += spotted.filter((s) => s.kind === 'micro' && within(s.onset / rate)).length;
          }
          if (kind !== 'blink') continue;
          blinks++;
          blinksFound += Number(movements.some((m) => m.kind === 'blink' && within(m.apex)));
        }
        seconds += scenario.frames / rate;
        console.error(
          `${scenario.name}: planted ${truth.map((t) => `${t.onset}–${t.offset}`).join(' ')}; spotted ${spotted.map((s) => `${s.onset}–${s.offset} ${s.kind} ${s.score.toFixed(2)}`).join(', ')}`,
        );
      }
      const scores = scoreCounts(sumCounts(videos.map((video) => countVideo(video, 'micro'))));
      const macro = videos.flatMap((v) => v.spotted).filter((s) => s.kind === 'macro').length;
      const row = { rate, amplitude, clips: videos.length, seconds, ...scores, talking, macro };
      rows.push({ ...row, blinks, blinksFound });
      console.log(JSON.stringify(rows.at(-1)));
    }
  }
  const line = (row) =>
    `| ${row.rate} | ${row.amplitude} | ${row.clips} | ${row.hits + row.misses} | ${row.hits} | ${row.falseAlarms} (${row.talking} talking) | ${row.macro} | ${row.f1.toFixed(3)} | ${((60 * row.falseAlarms) / row.seconds).toFixed(1)} | ${row.blinksFound} of ${row.blinks} |`;
  write(
    'spotting.md',
    `# Spotting on long synthetic clips

Made by \`node bench/spotting.mjs ${process.argv.slice(2).join(' ')}\` on Node ${process.version}, ${cpus()[0].model}. Gray clips of 340×380 pixels, eyes 100 pixels apart, head sway ±3 px and
±1°, light ±1.5 %, sensor noise σ = 1.5 grey levels, blinks, a stretch of talking in each. Micro-expressions of 0.24 to 0.47 s of drawn action
units; amplitude is the largest displacement anywhere in the face. Default settings, intersection over union ≥ 0.5, counts over all clips of a row.
Clips from number ${first} on${first >= FIRST ? '; no rule of spotting was made on any from 200 on' : ''}.

| fps | amplitude, px | clips | planted | hits | false alarms | taken for macro | F1 | false alarms per minute | blinks found |
|---|---|---|---|---|---|---|---|---|---|
${rows.map(line).join('\n')}
`,
  );
}

/** Real clips without annotation: everything spotted as micro-expression during speech is counted as a false alarm. */
async function measureReal(folder) {
  const rows = [];
  for (const name of readdirSync(folder).filter((file) => /^grid_.*\.(mpg|mp4)$/.test(file))) {
    const clip = await openClip(join(folder, name));
    const { stretches, times } = await watch({
      ...{ name: basename(name, extname(name)), rate: clip.rate },
      ...{ width: clip.width, height: clip.height, frames: () => clip.frames() },
    });
    const { movements } = spotMovements(stretches);
    const count = (kind) => movements.filter((movement) => movement.kind === kind).length;
    rows.push({ name, seconds: times.at(-1), micro: count('micro'), macro: count('macro') });
    console.log(JSON.stringify({ ...rows.at(-1), blinks: count('blink') }));
    await clip.close();
  }
  const [seconds, micro] = ['seconds', 'micro'].map((key) => rows.reduce((s, r) => s + r[key], 0));
  write(
    'spotting-talking.md',
    `# What is spotted during speech

Made by \`node bench/spotting.mjs --real FOLDER\` with two clips of the GRID corpus (Cooke et al. 2006, CC BY 4.0), in which subjects read a sentence aloud.
Nothing in them is annotated; every micro-expression that is reported counts as a false alarm: ${((60 * micro) / seconds).toFixed(1)} per minute over ${seconds.toFixed(1)} s.

| clip | seconds | micro | macro |
|---|---|---|---|
${rows.map((r) => `| ${r.name} | ${r.seconds.toFixed(1)} | ${r.micro} | ${r.macro} |`).join('\n')}
`,
  );
}

/** Clips from onset to offset, 1 and 2 pixels: how far off the apex is, in parts of the clip. */
async function measureApex(clips) {
  const rows = [];
  for (const amplitude of [1, 2]) {
    const errors = [];
    for (let index = 0; index < clips; index++) {
      const name = `apex-${amplitude}px-${index}`;
      errors.push(await once(name, () => apexError(amplitude, index)));
    }
    errors.sort((a, b) => a - b);
    const near = errors.filter((error) => error <= 0.1).length;
    rows.push({ amplitude, clips, near, median: errors[clips >> 1], worst: errors.at(-1) });
    console.log(JSON.stringify(rows.at(-1)));
  }
  write(
    'spotting-apex.md',
    `# Where an apex is found

Made by \`node bench/spotting.mjs --apex ${clips}\`. Clips from onset to offset of known apex, 30, 100 and 200 frames per second in turn, action units drawn from
emotions in turn, three photographs in varied light; otherwise as in spotting.md. The error is a part of the clip's length.

| amplitude, px | clips | within 10 % | median error | largest error |
|---|---|---|---|---|
${rows.map((r) => `| ${r.amplitude} | ${r.clips} | ${r.near} (${((100 * r.near) / r.clips).toFixed(0)} %) | ${(100 * r.median).toFixed(1)} % | ${(100 * r.worst).toFixed(1)} % |`).join('\n')}
`,
  );
}

/** How far off the apex of one clip is, as a part of its length. */
async function apexError(amplitude, index) {
  const random = createRandom(7000 + index);
  const rate = [30, 100, 200][index % 3];
  const length = 0.26 + 0.22 * random.uniform();
  const units = drawUnits(random, EMOTIONS[index % EMOTIONS.length]);
  const apex = 0.1 + length * (0.35 + 0.3 * random.uniform());
  const clip = filmScenario(await faceOf(index), {
    ...{ name: `apex-${index}`, width: 440, height: 480, interocular: 100, rate },
    frames: Math.ceil((length + 0.2) * rate),
    events: [{ kind: 'micro', units, amplitude, onset: 0.1, apex, offset: 0.1 + length }],
    ...{ seed: 800 + index, gray: true },
  });
  const [event] = clip.truth.events;
  const planes = [];
  const size = 144;
  let found;
  let part;
  for await (const frame of clip.frames()) {
    if (frame.index < event.onset.frame) continue;
    if (frame.index > event.offset.frame) break;
    found ??= await findFace(face, frame);
    part ??= { ...found.region, size: 0.75 * found.region.size };
    planes.push(cropGray(frame, part, { size }));
  }
  const { frame } = await findApex(
    {
      frames: planes.length,
      onset: planes[0],
      landmarks: landmarksInCrop(found.landmarks, part, size),
      read: (i) => Promise.resolve(planes[i]),
    },
    flow,
  );
  return Math.abs(frame + event.onset.frame - event.apex.frame) / planes.length;
}

function write(name, text) {
  mkdirSync(here('results'), { recursive: true });
  writeFileSync(here(`results/${name}`), text);
}
