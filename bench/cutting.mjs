/**
 * @file Which way of cutting the face out of onset and apex leaves the expression and nothing else in the flow.
 *
 * `npm run build && node bench/cutting.mjs` renders clips with a known movement (3 faces × 4 kinds × 2 amplitudes) whose
 * head sways a little and a lot, with light and sensor noise, and compares the flow from onset to apex under each
 * policy with that of the same movement on a still head without noise. Writes bench/results/cutting.md.
 *
 * Policies: `own` cuts each frame by its region of the tracker, smoothed over time; `landmarks` cuts the apex by the
 * onset's region unless the landmarks of the apex moved by more than 4 pixels, and by its own else; `onset` always cuts
 * by the onset's region; `head` is `alignApex`: the onset's region, moved with the head as the flow measures it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { openFaceModels, openRecognizer } from '@telltale/core';
import {
  alignApex,
  boxOfLandmarks,
  cropFace,
  expressionFlow,
  recognizerInput,
} from '@telltale/core/expression';
import { findFace, findLandmarks, smoothRegions, trackFace } from '@telltale/core/face';
import { averageInto, createTvl1 } from '@telltale/core/motion';
import { prepareInput } from '@telltale/core/nets';
import { synthesize } from '@telltale/core/synth';
import { loadRuntime, readFaceModelFiles, readImage } from '@telltale/node';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const KINDS = ['brow-raise', 'brow-lower', 'lip-corner-pull', 'lip-corner-depress'];
const PHOTOS = ['sample3.jpg', 'sample5.jpg', 'sample6.jpg'];
const AMPLITUDES = [1, 2];
const SWAYS = [1, 4];
const POLICIES = ['own', 'landmarks', 'onset', 'head'];

const runtime = await loadRuntime();
const face = await openFaceModels(runtime, await readFaceModelFiles(), { threads: 1 });
const weights = here('../packages/core/models/merba-flow28.safetensors');
const recognizer = await openRecognizer(runtime, readFileSync(weights), { threads: 1 });
const tvl1 = await createTvl1();
const demo = dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json'));

/** Pixels of a frame, which are rendered when they are read. */
const kept = ({ data, width, height }) => ({ data, width, height, channels: 3 });

async function framesAt(clip, wanted) {
  const frames = new Map();
  for await (const frame of clip.frames()) {
    if (wanted.includes(frame.index)) frames.set(frame.index, kept(frame));
    if (frames.size === wanted.length) break;
  }
  return wanted.map((index) => frames.get(index));
}

const located = async (frame, region) => ({
  region,
  landmarks: await findLandmarks(face, frame, region),
});

/** Where a corner of the cut has gone, pixels of the cut: the former rule of preparing. */
function cornerShift(a, b) {
  const corner = ({ x, y, size, angle }, [i, j]) => {
    const [dx, dy] = [0.375 * size * i, 0.375 * size * j];
    const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
    return [x + dx * cosine - dy * sine, y + dx * sine + dy * cosine];
  };
  const shifts = [
    [-1, -1],
    [-1, 1],
    [1, -1],
    [1, 1],
  ].map((one) => {
    const [p, q] = [corner(a, one), corner(b, one)];
    return (Math.hypot(p[0] - q[0], p[1] - q[1]) * 224) / (0.75 * a.size);
  });
  return Math.max(...shifts);
}

/** Onset and apex cut by each policy. */
async function cuts(clip, [onset, apex], { onset: first, apex: middle }) {
  const track = await trackFace(face, clip.frames());
  const regions = smoothRegions(track.regions, track.times);
  const own = async (frame, index) => cropFace(frame, await located(frame, regions[index]));
  const from = await findFace(face, onset);
  const to = await findFace(face, apex);
  const start = cropFace(onset, from);
  const isFar = cornerShift(from.region, to.region) > 4;
  return {
    own: [await own(onset, first.frame), await own(apex, middle.frame)],
    landmarks: [start, cropFace(apex, isFar ? to : from)],
    onset: [start, cropFace(apex, from)],
    head: [start, alignApex(start, { frame: apex, face: to }, tvl1)],
  };
}

/** What a pair of cuts becomes: cells of the flow in the face's box, the recognizer's input and answer. */
async function outcome([onset, apex]) {
  const { flow } = expressionFlow(onset, apex, tvl1);
  const box = boxOfLandmarks(onset.landmarks);
  const cells = [flow.u, flow.v].map(
    (data) => averageInto({ data, width: flow.width, height: flow.height }, box, 28).data,
  );
  const input = prepareInput(
    recognizerInput({ size: 28, images: ['flow'] }, { onset, apex, flow }),
  );
  const [probabilities] = await recognizer.classify([input]);
  return { cells, input, probabilities };
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;

function correlation(a, b) {
  const [p, q] = [mean([...a]), mean([...b])];
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((value, i) => {
    ab += (value - p) * (b[i] - q);
    aa += (value - p) ** 2;
    bb += (b[i] - q) ** 2;
  });
  return ab / Math.sqrt(aa * bb);
}

/** Mean end-point error over the cells, pixels of the cut; with the median of each channel taken off where asked. */
function endpointError(one, truth, isCentered) {
  const off = (cells) =>
    cells.map((plane) => {
      const middle = isCentered ? median(plane) : 0;
      return plane.map((value) => value - middle);
    });
  const [[u, v], [x, y]] = [off(one.cells), off(truth.cells)];
  return mean([...u].map((value, i) => Math.hypot(value - x[i], v[i] - y[i])));
}

const rows = new Map();
for (const sway of SWAYS) {
  for (const [f, name] of PHOTOS.entries()) {
    const photo = await readImage(join(demo, 'demo', name));
    const { landmarks } = await findFace(face, photo);
    for (const [k, kind] of KINDS.entries()) {
      for (const amplitude of AMPLITUDES) {
        const options = {
          kind,
          amplitude,
          rate: 60,
          seconds: 2,
          seed: 100 * f + 10 * k + amplitude,
        };
        const clip = synthesize(photo, landmarks, { ...options, sway });
        const [event] = clip.truth.events;
        const wanted = [event.onset.frame, event.apex.frame];
        const still = synthesize(photo, landmarks, { ...options, sway: 0, noise: 0 });
        const [first, second] = await framesAt(still, wanted);
        const at = await findFace(face, first);
        const truth = await outcome([cropFace(first, at), cropFace(second, at)]);
        const pairs = await cuts(clip, await framesAt(clip, wanted), event);
        for (const policy of POLICIES) {
          const found = await outcome(pairs[policy]);
          const planes = [0, 1, 2].map((c) => [784 * c, 784 * (c + 1)]);
          const key = `${sway} ${policy}`;
          const row = {
            error: endpointError(found, truth, false),
            centered: endpointError(found, truth, true),
            likeness: mean(
              planes.map(([i, j]) =>
                correlation(found.input.subarray(i, j), truth.input.subarray(i, j)),
              ),
            ),
            change: mean(
              [...found.probabilities].map((p, i) => Math.abs(p - truth.probabilities[i])),
            ),
            verdict: Number(
              found.probabilities.indexOf(Math.max(...found.probabilities)) ===
                truth.probabilities.indexOf(Math.max(...truth.probabilities)),
            ),
          };
          rows.set(key, [...(rows.get(key) ?? []), row]);
        }
      }
    }
  }
}
await face.close();
await recognizer.release();

const lines = [...rows].map(([key, all]) => {
  const [sway, policy] = key.split(' ');
  const of = (name) => mean(all.map((row) => row[name]));
  const agree = all.filter(({ verdict }) => verdict).length;
  return `| ×${sway} | ${policy} | ${of('error').toFixed(3)} | ${of('centered').toFixed(3)} | ${of('likeness').toFixed(3)} | ${of('change').toFixed(3)} | ${agree} of ${all.length} |`;
});
const text = `# Cutting the face out of onset and apex

Made by \`node bench/cutting.mjs\` on Node ${process.version}, ${cpus()[0].model}. Each line: ${PHOTOS.length} faces × ${KINDS.length} kinds × ${AMPLITUDES.length} amplitudes (${AMPLITUDES.join(' and ')} px at 100 px
between the eyes), 60 frames per second, sensor noise σ = 1.5 gray levels; sway ×1 is ±3 px and ±1°. Truth is the flow of
the same movement on a still head without noise. Errors in pixels of the 224×224 cut, over 28×28 cells of the flow
image's box; "centered" with the median of u and v taken off, as networks do. Correlation is that of the network's input
(u, v, strain) with the truth's; change is the mean difference of a class probability of the shipped MERba.

| sway | policy | end-point error | centered | correlation | change | same verdict |
| --- | --- | --- | --- | --- | --- | --- |
${lines.join('\n')}
`;
writeFileSync(here('results/cutting.md'), text);
console.log(text);
