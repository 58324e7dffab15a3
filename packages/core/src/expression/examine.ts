/**
 * @file Fetches onset and apex of known expressions out of a clip and computes the flow between them: the last
 * reading of the analysis, and what the page does again when a moment was corrected.
 */
import { TelltaleError } from '../base/errors.ts';
import type { Plane } from '../base/image.ts';
import { throwIfCanceled, type Cancellation } from '../base/pause.ts';
import type { FaceRegion } from '../face/landmarks.ts';
import { findLandmarks } from '../face/mesh.ts';
import type { FaceModels } from '../face/models.ts';
import type { Tvl1 } from '../motion/tvl1.ts';
import { framesWithin, type Clip, type Frame } from '../video/frames.ts';
import { alignApex } from './align.ts';
import { cropFace, type FaceCrop, type LocatedFace } from './crop.ts';
import { expressionFlow, type ExpressionFlow } from './flow.ts';
import {
  firstMagnified,
  openMagnified,
  type Magnification,
  type MagnifyingReader,
} from './magnified.ts';

/** Frame indices of one expression, from 0. */
export interface ExpressionFrames {
  /** The last frame before the movement. */
  readonly onset: number;
  /** Not before the onset. */
  readonly apex: number;
  /** Not before the apex. Cut out too where given. */
  readonly offset?: number;
}

/** One expression as it looks. */
export interface ExaminedExpression extends ExpressionFlow {
  /** Index of the expression in the list that was passed. */
  readonly index: number;
  /** The face at the onset. */
  readonly onset: FaceCrop;
  /** The face at the apex, aligned with the onset. */
  readonly apex: FaceCrop;
  /** Cut like the apex. Present where the offset was requested. */
  readonly offset?: FaceCrop;
  /** The apex with its movement magnified, shades of gray, 224×224. Present where it was requested. */
  readonly magnified?: Plane;
}

/** What {@link examineExpressions} works with. */
export interface ExamineOptions {
  /** Where the face is, one per frame of the clip, as `measureClip` finds it. */
  readonly regions: readonly (FaceRegion | null)[];
  /** From `openFaceModels`. */
  readonly face: FaceModels;
  /** From `createTvl1`. */
  readonly tvl1: Tvl1;
  /** How the apex is to be magnified too: frames from a quarter of a second before each onset are then looked at. */
  readonly magnify?: Magnification | undefined;
  /** Stops the work. */
  readonly signal?: Cancellation | undefined;
  /** Called after each frame with its index plus one. */
  readonly onProgress?: ((frames: number) => void) | undefined;
}

/**
 * Reads the frames that are needed and examines each expression as soon as its frames have been read: memory does not
 * grow with the number of expressions.
 *
 * @returns each expression once, in the order of their last frames
 * @throws TelltaleError `FACE_NOT_FOUND` where a frame that is needed shows no face or is missing, `CANCELED`, and
 *   what the frames throw while they are decoded
 */
export async function* examineExpressions(
  clip: Clip,
  expressions: readonly ExpressionFrames[],
  { regions, face, tvl1, magnify, signal, onProgress }: ExamineOptions,
): AsyncGenerator<ExaminedExpression, void, undefined> {
  let open: OpenExpression[] = expressions.map((frames, index) => {
    const reader = magnify && openMagnified(frames, { regions, ...magnify });
    return { index, frames, cuts: {}, ...(reader && { reader }) };
  });
  if (open.length === 0) return;
  const spans = expressions.map((frames) => {
    const { onset } = frames;
    const first = magnify ? firstMagnified(onset, { regions, ...magnify }) : onset;
    return [first, lastOf({ frames })] as const;
  });
  for await (const frame of framesWithin(clip, spans)) {
    throwIfCanceled(signal);
    for (const { reader } of open) reader?.take(frame.index, frame);
    if (
      open.some(({ frames: { onset, apex, offset } }) =>
        [onset, apex, offset].includes(frame.index),
      )
    ) {
      const region = regions[frame.index];
      if (!region) throw faceMissing(frame.index);
      const located = { region, landmarks: await findLandmarks(face, frame, region) };
      for (const expression of open) take(expression, { frame, face: located }, tvl1);
      for (const {
        index,
        frames: { offset },
        cuts,
        reader,
      } of open) {
        const { onset, apex } = cuts;
        if (!onset || !apex || (offset !== undefined && !cuts.offset)) continue;
        throwIfCanceled(signal);
        const magnified = reader?.result();
        yield {
          ...{ ...cuts, index, onset, apex, ...expressionFlow(onset, apex, tvl1) },
          ...(magnified && { magnified }),
        };
      }
      open = open.filter((expression) => lastOf(expression) > frame.index);
    }
    onProgress?.(frame.index + 1);
    if (open.length === 0) return;
  }
  throw faceMissing(lastOf(open[0]!));
}

/** An expression of which not all frames have been read. */
interface OpenExpression {
  readonly index: number;
  readonly frames: ExpressionFrames;
  readonly cuts: { onset?: FaceCrop; apex?: FaceCrop; offset?: FaceCrop };
  readonly reader?: MagnifyingReader;
}

function lastOf({ frames: { apex, offset = apex } }: Pick<OpenExpression, 'frames'>): number {
  return Math.max(apex, offset);
}

/** Cuts the face out where the frame is one of the expression's. */
function take(
  { frames: { onset, apex, offset }, cuts }: OpenExpression,
  located: { readonly frame: Frame; readonly face: LocatedFace },
  tvl1: Tvl1,
): void {
  const { index } = located.frame;
  if (index === onset) cuts.onset = cropFace(located.frame, located.face);
  if (index !== apex && index !== offset) return;
  if (cuts.onset === undefined) throw faceMissing(onset);
  const cut = alignApex(cuts.onset, located, tvl1);
  if (index === apex) cuts.apex = cut;
  if (index === offset) cuts.offset = cut;
}

function faceMissing(frame: number): TelltaleError {
  return new TelltaleError(
    'FACE_NOT_FOUND',
    `frame ${frame} shows no face`,
    'Choose onset, apex and offset among the frames that show the face.',
  );
}
