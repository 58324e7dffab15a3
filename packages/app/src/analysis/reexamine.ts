/** @file Work on a clip after its analysis: other onsets and apexes, magnified movements, a reopened review. */
import {
  classifyExpression,
  cropFace,
  examineExpressions,
  lookAt,
  magnificationFor,
} from '@telltale/core/expression';
import { findLandmarks, smoothRegions } from '@telltale/core/face';
import { createTvl1 } from '@telltale/core/motion';
import type { Clip, FaceChoice, FaceModels, FaceRegion, RgbImage } from '@telltale/core';
import { findSubjects, movesBetween } from '@telltale/core';
import type { FaceCrop } from '@telltale/core/expression';
import { openWindow, type MagnifiedWindow } from '@telltale/core/magnify';
import type { Recognizer } from '@telltale/core/recognize';
import { recognizeUnits } from '@telltale/core/units';
import type { UnitsModel } from '@telltale/core/units';
import { framesWithin } from '@telltale/core/video';

import { addressOf, attentionOf, bitmapOf } from './images.ts';
import { PageError } from '../session/problem.ts';
import type { Magnified, Reexamined, Requests } from '../session/protocol.ts';

/** What was analyzed last. */
export interface OpenAnalysis {
  readonly clip: Clip & { close(): void };
  readonly regions: readonly (FaceRegion | null)[];
  /** Of each frame, seconds. */
  readonly times: readonly number[];
  readonly recognizer: Recognizer;
  readonly units: UnitsModel;
  /** As in `Result`. */
  readonly moves: readonly Float32Array[];
}

/** Frames around an event, ready for any gain. */
export interface MagnifiedRange {
  readonly from: number;
  readonly window: MagnifiedWindow;
}

/** Pixels between two arrows. */
const ARROW_SPACING = 14;
/** Most frames that are magnified at once. */
const MAXIMUM_FRAMES = 160;

/** Cuts the face out of three frames and compares onset and apex, as the analysis does. */
export async function reexamine(
  opened: OpenAnalysis,
  models: FaceModels,
  { onset, apex, offset }: Requests['reexamine']['ask'],
): Promise<Reexamined> {
  const { clip, recognizer, units, regions, times, moves } = opened;
  for (const frame of [onset, apex, offset]) assertFace(regions, frame);
  const magnify = magnificationFor(recognizer, times);
  const examined = examineExpressions(clip, [{ onset, apex, offset }], {
    ...{ regions, face: models, tvl1: await createTvl1(), magnify },
  });
  const { value } = await examined.next();
  // Frees the decoder: the clip is not read to its end.
  await examined.return(undefined);
  if (!value?.offset) throw new PageError('FACE_NOT_FOUND');
  const { flow, colors, image } = value;
  const { classes, verdict } = await classifyExpression(recognizer, value);
  const arrows: [number, number, number, number][] = [];
  for (let y = ARROW_SPACING >> 1; y < flow.height; y += ARROW_SPACING) {
    for (let x = ARROW_SPACING >> 1; x < flow.width; x += ARROW_SPACING) {
      const at = y * flow.width + x;
      arrows.push([x, y, flow.u[at]!, flow.v[at]!]);
    }
  }
  return {
    onset: await addressOf(value.onset.image, 'image/jpeg'),
    apex: await addressOf(value.apex.image, 'image/jpeg'),
    offset: await addressOf(value.offset.image, 'image/jpeg'),
    flow: await addressOf(colors, 'image/png'),
    flowImage: await addressOf(image, 'image/png'),
    ...(recognizer.attention && {
      attention: await attentionOf(value.apex.image, await lookAt(recognizer, value)),
    }),
    classes,
    verdict,
    units: recognizeUnits(units, image),
    regions: movesBetween(moves, onset, apex),
    arrows,
  };
}

/** Filters the faces of some frames once, for {@link magnifiedFrame}. */
export async function magnifyRange(
  opened: OpenAnalysis,
  models: FaceModels,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<MagnifiedRange> {
  const last = Math.min(to, from + MAXIMUM_FRAMES - 1);
  const images: RgbImage[] = [];
  const wanted = new Set(Array.from({ length: last - from + 1 }, (_, i) => from + i));
  await cutFrames(opened, models, { wanted, onCut: (_, cut) => images.push(cut.image) });
  if (images.length < wanted.size) throw new PageError('FACE_NOT_FOUND');
  const window = await openWindow(images, { rate: opened.clip.rate });
  return { from, window };
}

/** A frame as it is and magnified. */
export async function magnifiedFrame(
  { from, window }: MagnifiedRange,
  { index, alpha }: { readonly index: number; readonly alpha: number },
): Promise<Magnified> {
  const place = Math.max(0, Math.min(window.length - 1, index - from));
  return {
    plain: await bitmapOf(window.at(place, 0)),
    magnified: await bitmapOf(window.at(place, alpha)),
  };
}

/** Where the face of a clip is, as the analysis finds it. @param subject - of several subjects, one */
export async function regionsOf(
  clip: Clip,
  models: FaceModels,
  subject?: FaceChoice,
): Promise<readonly (FaceRegion | null)[]> {
  const track = (await findSubjects(clip, models)).track(subject);
  return smoothRegions(track.regions, track.times, { cuts: track.cuts });
}

async function cutFrames(
  { clip, regions }: OpenAnalysis,
  models: FaceModels,
  {
    wanted,
    onCut,
  }: {
    readonly wanted: ReadonlySet<number>;
    readonly onCut: (index: number, cut: FaceCrop) => void;
  },
): Promise<void> {
  let left = wanted.size;
  const span = [Math.min(...wanted), Math.max(...wanted)] as const;
  for await (const frame of framesWithin(clip, [span])) {
    if (!wanted.has(frame.index)) continue;
    const region = assertFace(regions, frame.index);
    const landmarks = await findLandmarks(models, frame, region);
    onCut(frame.index, cropFace(frame, { region, landmarks }));
    left--;
    if (left === 0) break;
  }
}

function assertFace(regions: OpenAnalysis['regions'], frame: number): FaceRegion {
  const region = regions[frame];
  if (!region) throw new PageError('FACE_NOT_FOUND', { frame });
  return region;
}
