/**
 * @file How fast `analyze` is, and how its memory grows with the clip.
 *
 * `npm run build && node bench/analyze.mjs [seconds] [repeats]` plants an expression in a clip of 640×480 at 30 frames per
 * second, encodes it, and analyzes it `repeats` times with the recognizer that ships; then it analyzes the
 * same file played three times over, to see what memory a longer clip takes. One thread for the networks,
 * one for the rest. Writes bench/results/analyze.md.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { analyze, openFaceModels } from '@telltale/core';
import { findFace, findLandmarks } from '@telltale/core/face';
import { openRecognizer } from '@telltale/core/recognize';
import { synthesize } from '@telltale/core/synth';
import {
  loadRuntime,
  openClip,
  readFaceModelFiles,
  readImage,
  readWeights,
  writeVideo,
} from '@telltale/node';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const seconds = Number(process.argv[2] ?? 10);
const repeats = Number(process.argv[3] ?? 3);
const runtime = await loadRuntime();
const face = await openFaceModels(runtime, await readFaceModelFiles(), { threads: 1 });
const recognizer = await openRecognizer(runtime, await readWeights(), { threads: 1 });
const demo = dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json'));
const photo = await readImage(join(demo, 'demo', 'sample6.jpg'));
const { landmarks } = await findFace(face, photo);
const folder = mkdtempSync(join(tmpdir(), 'telltale-analyze-'));
const megabytes = () => Math.round(process.resourceUsage().maxRSS / 1024);

/** One analysis: milliseconds per frame in all and of each reading. */
async function measure(clip) {
  const marks = new Map();
  const start = performance.now();
  const cpu = process.cpuUsage();
  const { report } = await analyze(
    clip,
    { face, recognizer },
    { onProgress: ({ stage }) => marks.set(stage, performance.now()) },
  );
  const end = performance.now();
  const { user, system } = process.cpuUsage(cpu);
  const { frames } = report.clip;
  const at = [start, marks.get('face'), marks.get('movement'), end];
  const stages = at.slice(1).map((time, i) => (time - at[i]) / frames);
  return { frames, all: (end - start) / frames, cpu: (user + system) / 1000 / frames, stages };
}

/** Milliseconds from a decoded frame and the face's region to its landmarks: crop and network; median over the frames. */
async function landmarkTime(clip) {
  const times = [];
  let region;
  for await (const frame of clip.frames()) {
    const image = { ...frame, data: frame.data };
    region ??= (await findFace(face, image)).region;
    const start = performance.now();
    await findLandmarks(face, image, region);
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[times.length >> 1];
}

/** A clip played several times over. */
function repeated(clip, times) {
  return {
    ...{ name: clip.name, width: clip.width, height: clip.height, rate: clip.rate },
    async *frames() {
      let [index, offset] = [0, 0];
      for (let i = 0; i < times; i++) {
        let last = 0;
        for await (const frame of clip.frames()) {
          last = frame.time;
          const { width, height, channels } = frame;
          const time = offset + frame.time;
          yield {
            ...{ width, height, channels, index, time },
            get data() {
              return frame.data;
            },
          };
          index++;
        }
        offset += last + 1 / clip.rate;
      }
    },
  };
}

try {
  const path = join(folder, 'clip.mp4');
  const made = synthesize(photo, landmarks, { seconds, blink: true, amplitude: 1.5, seed: 2 });
  await writeVideo(path, made.frames(), { rate: made.rate });
  const clip = await openClip(path);
  const runs = [];
  for (let i = 0; i < repeats; i++) {
    runs.push(await measure(clip));
    console.log(runs.at(-1), megabytes(), 'MB');
  }
  const landmarking = await landmarkTime(clip);
  const best = runs.reduce((a, b) => (b.all < a.all ? b : a));
  const short = megabytes();
  const long = await measure(repeated(clip, 3));
  const after = megabytes();
  console.log(long, after, 'MB');
  await clip.close();
  const perFrame = (after - short) / (long.frames - best.frames);
  const number = (value) => value.toFixed(1);
  const text = `# Speed and memory of analyze

Made by \`node bench/analyze.mjs ${seconds} ${repeats}\` on Node ${process.version}, ${cpus().length} × ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)} at the end (every process
beyond this one takes time away). A clip of 640×480 pixels at 30 frames per second, ${best.frames} frames, with the recognizer that ships;
real time is 33.3 ms a frame.

| ms a frame | best of ${repeats} |
|---|---|
| all | ${number(best.all)} |
| reading 1, face | ${number(best.stages[0])} |
| reading 2, landmarks, flow | ${number(best.stages[1])} |
| spotting, reading 3, recognizer | ${number(best.stages[2])} |
| CPU time, all threads | ${number(best.cpu)} |
| landmarks of a frame alone, median | ${number(landmarking)} |

| frames | peak memory of the process, MB |
|---|---|
| ${best.frames} | ${short} |
| ${long.frames} | ${after} |

At that growth, 10 minutes (18000 frames) take ${Math.round(short + Math.max(0, perFrame) * (18000 - best.frames))} MB.
`;
  writeFileSync(here('results/analyze.md'), text);
  console.log(text);
} finally {
  rmSync(folder, { recursive: true, force: true });
  await recognizer.release();
  await face.close();
}
