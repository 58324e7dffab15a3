/** @file The worker that analyzes: decoding, networks and flow run here, away from the page. */
import { analyze, createTvl1, cutFace, expressionFlow, findLandmarks } from '@telltale/core';
import type { Analysis, FaceCut, FaceModels, FaceRegion } from '@telltale/core';
import { verdictOf } from '@telltale/core/recognize';
import type { Recognizer } from '@telltale/core/recognize';

import { answerCalls, type Answers, type Tell } from './calls.ts';
import { clipOfTrack, lookInto, type OpenedClip } from './clip.ts';
import { makeDemonstration } from './demo.ts';
import { openForeign, type ForeignOpened } from './foreign.ts';
import { addressOf, colorWheel } from './pictures.ts';
import { PageError } from './problem.ts';
import type { Look, Pictures, Requests } from './protocol.ts';
import { openFace, openNetwork } from './tools.ts';

/** What was last analyzed: it can be looked at again. */
interface Kept {
  readonly clip: OpenedClip | ForeignOpened;
  readonly regions: readonly (FaceRegion | null)[];
  readonly recognizer: Recognizer;
}

let face: Promise<FaceModels> | undefined;
let kept: Kept | undefined;

const answers: Answers<Requests> = {
  async analyze({ clip: file, name, weights }, tell) {
    const start = performance.now();
    tell({ stage: 'load', done: 0 });
    kept?.clip.close();
    kept = undefined;
    const clip = await openAny(file, name, () => tell({ stage: 'decoder', done: 0 }));
    face ??= openFace();
    const [models, recognizer] = await Promise.all([face, openNetwork(weights)]);
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
  async demo({ seed }, tell) {
    tell({ stage: 'load', done: 0 });
    face ??= openFace();
    const report = throttled(tell);
    const value = await makeDemonstration(await face, seed, (done, total) =>
      report({ stage: 'make', done, total }),
    );
    return { value };
  },
  async look(frames) {
    if (kept === undefined || face === undefined) throw new PageError('CANCELED');
    return { value: await lookAgain(kept, await face, frames) };
  },
};
answerCalls<Requests>(answers);

/** Opens a clip with the browser's decoder, or with FFmpeg where the browser has none for it. */
async function openAny(
  file: Blob,
  name: string,
  onForeign: () => void,
): Promise<OpenedClip | ForeignOpened> {
  const looked = await lookInto(file, name);
  if (looked.kind === 'clip') return clipOfTrack(looked, name);
  onForeign();
  return openForeign(file, name, looked.codec);
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

/** Cuts the face out of three frames and compares onset and apex, as the analysis does. */
async function lookAgain(
  { clip, regions, recognizer }: Kept,
  models: FaceModels,
  { onset, apex, offset }: Requests['look']['ask'],
): Promise<Look> {
  const wanted = new Set([onset, apex, offset]);
  const cuts = new Map<number, FaceCut>();
  for await (const frame of clip.frames()) {
    const region = regions[frame.index];
    if (!wanted.has(frame.index)) continue;
    if (!region) throw new PageError('FACE_NOT_FOUND', { frame: frame.index });
    const cut = await findLandmarks(models, frame, region);
    cuts.set(frame.index, cutFace(frame, region, cut));
    if (cuts.size === wanted.size) break;
  }
  const [from, to, end] = [onset, apex, offset].map((index) => cuts.get(index)!);
  const { flow, colors, image } = expressionFlow(from!, to!, await createTvl1());
  const [probabilities] = await recognizer.classify([image]);
  const { card } = recognizer;
  const addresses = await Promise.all(
    [from!, to!, end!].map(({ picture }) => addressOf(picture, 'image/jpeg')),
  );
  const arrows: [number, number, number, number][] = [];
  const step = 14;
  for (let y = step >> 1; y < flow.height; y += step) {
    for (let x = step >> 1; x < flow.width; x += step) {
      const at = y * flow.width + x;
      arrows.push([x, y, flow.u[at]!, flow.v[at]!]);
    }
  }
  return {
    onset: addresses[0]!,
    apex: addresses[1]!,
    offset: addresses[2]!,
    flow: await addressOf(colors, 'image/png'),
    classes: Object.fromEntries(card.classes.map((name, i) => [name, probabilities![i]!])),
    verdict: verdictOf(card, probabilities!),
    arrows,
  };
}
