/** @file The worker that analyzes: decoding, networks and flow run here, away from the page. */
import { analyze, findSubjects, movesOf, unitCurves } from '@telltale/core';
import type { Analysis, FaceModels, FoundSubjects, Recognizer } from '@telltale/core';
import type { OpenFollower } from '@telltale/core/spot';
import type { ClipPart } from '@telltale/core/video';
import type { UnitsModel } from '@telltale/core/units';
import {
  openFace,
  openOwnRecognizer,
  openRecognizer,
  openUnits,
  type WebGpu,
} from '@telltale/web/models';

import { openPageClip, type PageClip } from './clip.ts';
import { makeDemonstration } from './demo.ts';
import { encodeEvent } from './event-clip.ts';
import { followersOf } from './follower.ts';
import { openLentMesh } from './mesh.ts';
import { addressOf, attentionOf, colorWheel } from './images.ts';
import { PageError } from '../session/problem.ts';
import type { Choice, EventImages, Requests } from '../session/protocol.ts';
import {
  magnifyRange,
  magnifiedFrame,
  reexamine,
  regionsOf,
  type MagnifiedRange,
  type OpenAnalysis,
} from './reexamine.ts';
import { seenSubjects } from './subjects.ts';
import { wantedOf } from './wanted.ts';
import { serveRequests, type Handlers, type ReportProgress } from '../session/rpc.ts';

let face: Promise<FaceModels> | undefined;
let units: Promise<UnitsModel> | undefined;
let opened: (OpenAnalysis & { readonly clip: PageClip; readonly of: string }) | undefined;
let magnified: MagnifiedRange | undefined;
/** Everyone in the clip that was looked at last, and which part of which clip that was. */
let looked: { readonly of: string; readonly subjects: FoundSubjects } | undefined;
let webgpu: WebGpu = 'auto';
let threads: number | undefined;
/** Where movement is measured and landmarks are found; in this worker where there is no other core. */
let openFollower: OpenFollower | undefined;
let lentFaces: MessagePort | undefined;

const handlers: Handlers<Requests> = {
  async analyze({ clip: file, name, wanted = {}, ...choice }, onProgress) {
    const start = performance.now();
    const { part, subject } = wanted;
    const clip = await open(file, name, { part, onProgress });
    face ??= openModels();
    units ??= openUnits();
    const [models, recognizer, model] = await Promise.all([face, recognizerOf(choice), units]);
    const of = partName(file, name, part);
    const subjects = await subjectsOf(clip, of, { measure: true, onProgress });
    const analysis = await analyze(
      clip,
      { face: models, recognizer, units: model, openFollower },
      {
        ...{ subject, subjects },
        attention: recognizer.attention !== undefined,
        onProgress: throttled(onProgress),
      },
    );
    const { times } = analysis.report.movement;
    const moves = movesOf(analysis.report);
    opened = { clip, of, regions: analysis.regions, times, recognizer, units: model, moves };
    return {
      value: {
        report: analysis.report,
        images: await Promise.all(analysis.images.map(addressesOf)),
        regions: analysis.regions,
        moves,
        wheel: await addressOf(colorWheel(96), 'image/png'),
        preview: await clip.preview?.(),
        took: performance.now() - start,
      },
    };
  },
  async subjects({ clip: file, name, part }, onProgress) {
    const clip = await open(file, name, { part, onProgress });
    const subjects = await subjectsOf(clip, partName(file, name, part), { onProgress });
    return { value: await seenSubjects(clip, subjects) };
  },
  async run(wanted) {
    ({ threads, webgpu } = wanted);
    return Promise.resolve({ value: true });
  },
  lend({ followers, faces }) {
    if (navigator.hardwareConcurrency > 1) {
      openFollower = followersOf(followers);
      lentFaces = faces;
    }
    return Promise.resolve({ value: true });
  },
  async openModel(own) {
    const { recognizer, on } = await openOwnRecognizer(own, { webgpu, threads });
    await recognizer.release();
    return { value: { card: recognizer.card, on } };
  },
  async demo({ seed }, onProgress) {
    onProgress({ stage: 'load', done: 0 });
    face ??= openModels();
    const report = throttled(onProgress);
    const value = await makeDemonstration(await face, seed, (done, total) =>
      report({ stage: 'make', done, total }),
    );
    return { value };
  },
  async resume({ clip: file, name, regions, report, ...choice }, onProgress) {
    const wanted = wantedOf(report);
    const moves = movesOf(report);
    const clip = await open(file, name, { part: wanted.part, onProgress });
    onProgress({ stage: 'resume', done: 0 });
    face ??= openModels();
    units ??= openUnits();
    const [models, recognizer, model] = await Promise.all([face, recognizerOf(choice), units]);
    let known = regions;
    // A clip that the browser cannot show is read once anyway, for its copy.
    if (known === undefined) known = await regionsOf(clip, models, wanted.subject);
    else if (clip.preview !== undefined) await readThrough(clip);
    const of = partName(file, name, wanted.part);
    const { times } = report.movement;
    opened = { clip, of, regions: known, times, recognizer, units: model, moves };
    return {
      value: {
        width: clip.width,
        height: clip.height,
        frames:
          clip.times?.length ?? (wanted.part ? undefined : clip.expectedFrames) ?? known.length,
        ...{ regions: known, moves },
        wheel: await addressOf(colorWheel(96), 'image/png'),
        preview: await clip.preview?.(),
      },
    };
  },
  async reexamine(frames) {
    if (opened === undefined || face === undefined) throw new PageError('CANCELED');
    return { value: await reexamine(opened, await face, frames) };
  },
  async eventClip({ from, to, rate, isBlurred }, onProgress) {
    if (opened === undefined) throw new PageError('CANCELED');
    const { clip, of } = opened;
    const hidden = isBlurred ? await subjectsOf(clip, of, { onProgress }) : undefined;
    return { value: await encodeEvent(clip, { from, to, rate, hidden }) };
  },
  async unitCurves({ moves, times }) {
    const value = unitCurves(moves, times).map(({ unit, side, values }) => ({
      ...{ unit, side },
      values: Float32Array.from(values, (one) => one ?? NaN),
    }));
    return Promise.resolve({ value, transfer: value.map(({ values }) => values.buffer) });
  },
  async magnify(range) {
    if (opened === undefined || face === undefined) throw new PageError('CANCELED');
    magnified = await magnifyRange(opened, await face, range);
    return { value: { from: range.from, to: range.from + magnified.window.length - 1 } };
  },
  async magnified(ask) {
    if (magnified === undefined) throw new PageError('CANCELED');
    const value = await magnifiedFrame(magnified, ask);
    return { value, transfer: [value.plain, value.magnified] };
  },
};
serveRequests<Requests>(handlers);

/** Opens a clip with the browser's decoder, or with FFmpeg where the browser has none for it. */
async function open(
  file: Blob,
  name: string,
  {
    part,
    onProgress,
  }: { readonly part: ClipPart | undefined; readonly onProgress: ReportProgress },
): Promise<PageClip> {
  onProgress({ stage: 'load', done: 0 });
  opened?.clip.close();
  [opened, magnified] = [undefined, undefined];
  const onDecoder = (): void => onProgress({ stage: 'decoder', done: 0 });
  const clip = await openPageClip(file, name, { part, onDecoder });
  onProgress({ stage: 'load', done: 0, size: { width: clip.width, height: clip.height } });
  return clip;
}

/**
 * Everyone in a clip; looked for once.
 *
 * @param of - which part of which clip it is
 * @param measure - whether the movement of one who is alone is measured in the same reading
 */
async function subjectsOf(
  clip: PageClip,
  of: string,
  { measure, onProgress }: { readonly measure?: boolean; readonly onProgress: ReportProgress },
): Promise<FoundSubjects> {
  if (looked?.of === of) return looked.subjects;
  face ??= openModels();
  const report = throttled(onProgress);
  const subjects = await findSubjects(clip, await face, {
    ...{ measure, openFollower },
    onProgress: (stage, done, total) => report({ stage, done, total }),
  });
  looked = { of, subjects };
  return subjects;
}

/** A part of a clip as a key. */
function partName({ size }: Blob, name: string, part: ClipPart = {}): string {
  const { from = 0, to = Infinity, rotate = 0 } = part;
  return [name, size, from, to, rotate].join(' ');
}

function openModels(): Promise<FaceModels> {
  return openFace({ threads, mesh: lentFaces && openLentMesh(lentFaces) });
}

/** The recognizer that was chosen. */
async function recognizerOf({ own, network }: Choice): Promise<Recognizer> {
  if (own === undefined) return openRecognizer({ network, threads });
  return openRecognizer({ weights: own, webgpu, threads });
}

async function readThrough(clip: PageClip): Promise<void> {
  const frames = clip.frames()[Symbol.asyncIterator]();
  while ((await frames.next()).done !== true);
}

/** At most ten reports a second: without a GPU, drawing the page for each takes time from the analysis. */
function throttled(onProgress: ReportProgress): ReportProgress {
  let last = -Infinity;
  return (progress) => {
    const now = performance.now();
    if (now - last < 100 && progress.done !== progress.total) return;
    last = now;
    onProgress(progress);
  };
}

async function addressesOf(images: Analysis['images'][number]): Promise<EventImages> {
  const [onset, apex, flow, flowImage, attention] = await Promise.all([
    addressOf(images.onset, 'image/jpeg'),
    addressOf(images.apex, 'image/jpeg'),
    addressOf(images.flow, 'image/png'),
    addressOf(images.flowImage, 'image/png'),
    images.attention && attentionOf(images.apex, images.attention),
  ]);
  return { onset, apex, flow, flowImage, attention };
}
