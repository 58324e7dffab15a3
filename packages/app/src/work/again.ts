/** @file Looking again at a clip that was analyzed: other moments, magnified movements, a reopened review. */
import {
  createTvl1,
  cutFace,
  expressionFlow,
  findLandmarks,
  picturesFor,
  smoothRegions,
  trackFace,
} from '@telltale/core';
import type { Clip, FaceCut, FaceModels, FaceRegion, Frame, Picture } from '@telltale/core';
import { openWindow, type MagnifiedWindow } from '@telltale/core/magnify';
import { verdictOf, type Recognizer } from '@telltale/core/recognize';

import { addressOf, bitmapOf } from './pictures.ts';
import { PageError } from './problem.ts';
import type { Look, Magnified, Requests } from './protocol.ts';

/** What was last analyzed. */
export interface Kept {
  readonly clip: Clip & {
    /** From a frame on, where the clip can begin there. */
    framesFrom?(index: number): AsyncIterable<Frame>;
    close(): void;
  };
  readonly regions: readonly (FaceRegion | null)[];
  readonly recognizer: Recognizer;
}

/** Frames around an event, ready for any gain. */
export interface Enlarged {
  readonly from: number;
  readonly window: MagnifiedWindow;
}

/** Pixels between two arrows. */
const ARROWS = 14;
/** Most frames that are magnified at once. */
const MOST = 160;

/** Cuts the face out of three frames and compares onset and apex, as the analysis does. */
export async function lookAgain(
  kept: Kept,
  models: FaceModels,
  { onset, apex, offset }: Requests['look']['ask'],
): Promise<Look> {
  const { recognizer } = kept;
  const cuts = new Map<number, FaceCut>();
  await cutFrames(kept, models, {
    wanted: new Set([onset, apex, offset]),
    onCut: (index, cut) => cuts.set(index, cut),
  });
  const [from, to, end] = [onset, apex, offset].map((index) => cuts.get(index));
  if (from === undefined || to === undefined || end === undefined) {
    throw new PageError('FACE_NOT_FOUND');
  }
  const { flow, colors, image } = expressionFlow(from, to, await createTvl1());
  const pictures = picturesFor(recognizer, { onset: from, apex: to }, { flow });
  const [probabilities] = await recognizer.classify([pictures]);
  const { card } = recognizer;
  const arrows: [number, number, number, number][] = [];
  for (let y = ARROWS >> 1; y < flow.height; y += ARROWS) {
    for (let x = ARROWS >> 1; x < flow.width; x += ARROWS) {
      const at = y * flow.width + x;
      arrows.push([x, y, flow.u[at]!, flow.v[at]!]);
    }
  }
  return {
    onset: await addressOf(from.picture, 'image/jpeg'),
    apex: await addressOf(to.picture, 'image/jpeg'),
    offset: await addressOf(end.picture, 'image/jpeg'),
    flow: await addressOf(colors, 'image/png'),
    flowImage: await addressOf(image, 'image/png'),
    classes: Object.fromEntries(card.classes.map((name, i) => [name, probabilities![i]!])),
    verdict: verdictOf(card, probabilities!),
    arrows,
  };
}

/** Filters the faces of some frames once, for {@link magnifiedFrame}. */
export async function enlarge(
  kept: Kept,
  models: FaceModels,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Enlarged> {
  const last = Math.min(to, from + MOST - 1);
  const pictures: Picture[] = [];
  const wanted = new Set(Array.from({ length: last - from + 1 }, (_, i) => from + i));
  await cutFrames(kept, models, { wanted, onCut: (_, cut) => pictures.push(cut.picture) });
  if (pictures.length < wanted.size) throw new PageError('FACE_NOT_FOUND');
  const window = await openWindow(pictures, { rate: kept.clip.rate });
  return { from, window };
}

/** A frame as it is and magnified. */
export async function magnifiedFrame(
  { from, window }: Enlarged,
  { index, alpha }: { readonly index: number; readonly alpha: number },
): Promise<Magnified> {
  const place = Math.max(0, Math.min(window.length - 1, index - from));
  return {
    plain: await bitmapOf(window.at(place, 0)),
    enlarged: await bitmapOf(window.at(place, alpha)),
  };
}

/** Where the face of a clip is, as the analysis finds it. */
export async function regionsOf(
  clip: Clip,
  models: FaceModels,
): Promise<readonly (FaceRegion | null)[]> {
  const track = await trackFace(models, clip.frames(), { interval: 0.2 });
  return smoothRegions(track.regions, track.times);
}

async function cutFrames(
  { clip, regions }: Kept,
  models: FaceModels,
  {
    wanted,
    onCut,
  }: {
    readonly wanted: ReadonlySet<number>;
    readonly onCut: (index: number, cut: FaceCut) => void;
  },
): Promise<void> {
  let left = wanted.size;
  const first = Math.min(...wanted);
  for await (const frame of clip.framesFrom?.(first) ?? clip.frames()) {
    if (!wanted.has(frame.index)) continue;
    const region = regions[frame.index];
    if (!region) throw new PageError('FACE_NOT_FOUND', { frame: frame.index });
    onCut(frame.index, cutFace(frame, region, await findLandmarks(models, frame, region)));
    left--;
    if (left === 0) break;
  }
}
