/** @file The worker that analyzes: decoding, networks and flow run here, away from the page. */
import { analyze } from '@telltale/core';
import type { Analysis, FaceModels } from '@telltale/core';

import {
  enlarge,
  lookAgain,
  magnifiedFrame,
  regionsOf,
  type Enlarged,
  type Kept,
} from './again.ts';
import { answerCalls, type Answers, type Tell } from './calls.ts';
import { clipOfTrack, lookInto, type OpenedClip } from './clip.ts';
import { makeDemonstration } from './demo.ts';
import { openForeign, type ForeignOpened } from './foreign.ts';
import { addressOf, colorWheel } from './pictures.ts';
import { PageError } from './problem.ts';
import type { Graphics, Pictures, Requests } from './protocol.ts';
import { openFace, openNetwork, openOwn, useThreads } from './tools.ts';

let face: Promise<FaceModels> | undefined;
let kept: Kept | undefined;
let enlarged: Enlarged | undefined;
let graphics: Graphics = 'auto';

const answers: Answers<Requests> = {
  async analyze({ clip: file, name, ...choice }, tell) {
    const start = performance.now();
    const clip = await open(file, name, tell);
    face ??= openFace();
    const [models, recognizer] = await Promise.all([face, openNetwork(choice, graphics)]);
    const analysis = await analyze(
      clip,
      { face: models, recognizer },
      { onProgress: throttled(tell) },
    );
    kept = { clip, regions: analysis.regions, recognizer };
    return {
      value: {
        report: analysis.report,
        pictures: await Promise.all(analysis.pictures.map(addressesOf)),
        regions: analysis.regions,
        wheel: await addressOf(colorWheel(96), 'image/png'),
        preview: 'preview' in clip ? await clip.preview() : undefined,
        took: performance.now() - start,
      },
    };
  },
  async run(wanted) {
    useThreads(wanted.threads);
    graphics = wanted.graphics;
    return Promise.resolve({ value: true });
  },
  async bring(own) {
    const { recognizer, on } = await openOwn(own, graphics);
    await recognizer.release();
    return { value: { card: recognizer.card, on } };
  },
  async demo({ seed }, tell) {
    tell({ stage: 'load', done: 0 });
    face ??= openFace();
    const report = throttled(tell);
    const value = await makeDemonstration(await face, seed, (done, total) =>
      report({ stage: 'make', done, total }),
    );
    return { value };
  },
  async resume({ clip: file, name, regions, ...choice }, tell) {
    const clip = await open(file, name, tell);
    tell({ stage: 'resume', done: 0 });
    face ??= openFace();
    const [models, recognizer] = await Promise.all([face, openNetwork(choice, graphics)]);
    let known = regions;
    // A clip that the browser cannot show is read once anyway, for its copy.
    if (known === undefined) known = await regionsOf(clip, models);
    else if ('preview' in clip) await readThrough(clip);
    kept = { clip, regions: known, recognizer };
    return {
      value: {
        width: clip.width,
        height: clip.height,
        frames: clip.expectedFrames ?? known.length,
        regions: known,
        wheel: await addressOf(colorWheel(96), 'image/png'),
        preview: 'preview' in clip ? await clip.preview() : undefined,
      },
    };
  },
  async look(frames) {
    if (kept === undefined || face === undefined) throw new PageError('CANCELED');
    return { value: await lookAgain(kept, await face, frames) };
  },
  async magnify(range) {
    if (kept === undefined || face === undefined) throw new PageError('CANCELED');
    enlarged = await enlarge(kept, await face, range);
    return { value: { from: range.from, to: range.from + enlarged.window.length - 1 } };
  },
  async magnified(ask) {
    if (enlarged === undefined) throw new PageError('CANCELED');
    const value = await magnifiedFrame(enlarged, ask);
    return { value, transfer: [value.plain, value.enlarged] };
  },
};
answerCalls<Requests>(answers);

/** Opens a clip with the browser's decoder, or with FFmpeg where the browser has none for it. */
async function open(file: Blob, name: string, tell: Tell): Promise<OpenedClip | ForeignOpened> {
  tell({ stage: 'load', done: 0 });
  kept?.clip.close();
  [kept, enlarged] = [undefined, undefined];
  const looked = await lookInto(file, name);
  if (looked.kind === 'foreign') tell({ stage: 'decoder', done: 0 });
  const clip =
    looked.kind === 'clip'
      ? await clipOfTrack(looked, name)
      : await openForeign(file, name, looked.codec);
  tell({ stage: 'load', done: 0, size: { width: clip.width, height: clip.height } });
  return clip;
}

async function readThrough(clip: ForeignOpened): Promise<void> {
  const frames = clip.frames()[Symbol.asyncIterator]();
  while ((await frames.next()).done !== true);
}

/** At most some twenty reports a second: more would only keep the page busy. */
function throttled(tell: Tell): Tell {
  let last = -Infinity;
  return (progress) => {
    const now = performance.now();
    if (now - last < 50 && progress.done !== progress.total) return;
    last = now;
    tell(progress);
  };
}

async function addressesOf(pictures: Analysis['pictures'][number]): Promise<Pictures> {
  const [onset, apex, flow, flowImage] = await Promise.all([
    addressOf(pictures.onset, 'image/jpeg'),
    addressOf(pictures.apex, 'image/jpeg'),
    addressOf(pictures.flow, 'image/png'),
    addressOf(pictures.flowImage, 'image/png'),
  ]);
  return { onset, apex, flow, flowImage };
}
