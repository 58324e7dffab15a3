/**
 * @file Fetches onset and apex of known expressions out of a clip and computes the flow between them: the last
 * reading of the analysis, and what the page does again when a moment was corrected.
 */
import { TelltaleError } from '../base/errors.ts';
import { throwIfCanceled, type Cancellation } from '../base/pause.ts';
import type { FaceRegion } from '../face/landmarks.ts';
import { findLandmarks } from '../face/mesh.ts';
import type { FaceModels } from '../face/models.ts';
import type { Tvl1 } from '../motion/tvl1.ts';
import type { Frame } from '../video/frames.ts';
import { cutFace, type FaceCut } from './cut.ts';
import { expressionFlow, type ExpressionFlow } from './flow.ts';

/** Frame indices of one expression, from 0. */
export interface ExpressionFrames {
  readonly onset: number;
  /** Not before the onset. */
  readonly apex: number;
  /** Cut out too where given. */
  readonly offset?: number;
}

/** One expression as it looks. */
export interface ExaminedExpression extends ExpressionFlow {
  /** Which of the expressions that were asked for. */
  readonly index: number;
  readonly onset: FaceCut;
  readonly apex: FaceCut;
  /** There where the offset was asked for. */
  readonly offset?: FaceCut;
}

/** What {@link examineExpressions} works with. */
export interface ExamineOptions {
  /** Where the face is, one per frame of the clip, as `measureClip` finds it. */
  readonly regions: readonly (FaceRegion | null)[];
  readonly face: FaceModels;
  readonly tvl1: Tvl1;
  readonly signal?: Cancellation | undefined;
  /** Called after each frame with its index plus one. */
  readonly onProgress?: ((frames: number) => void) | undefined;
}

/**
 * Reads frames up to the last one that is needed and examines each expression as soon as its frames have been read:
 * memory does not grow with the number of expressions.
 *
 * @param frames - in order; the first may be any frame not behind the first onset
 * @returns each expression once, in the order of their last frames
 * @throws TelltaleError `FACE_NOT_FOUND` where a frame that is needed shows no face or is missing, `CANCELED`, and
 *   what the frames throw while they are decoded
 */
export async function* examineExpressions(
  frames: AsyncIterable<Frame>,
  expressions: readonly ExpressionFrames[],
  { regions, face, tvl1, signal, onProgress }: ExamineOptions,
): AsyncGenerator<ExaminedExpression, void, undefined> {
  let open = expressions.map((expression, index) => ({ ...expression, index }));
  const cuts = new Map<number, FaceCut>();
  if (open.length === 0) return;
  for await (const frame of frames) {
    throwIfCanceled(signal);
    if (open.some((expression) => framesOf(expression).includes(frame.index))) {
      const region = regions[frame.index];
      if (!region) throw faceMissing(frame.index);
      const landmarks = await findLandmarks(face, frame, region);
      cuts.set(frame.index, cutFace(frame, { region, landmarks }));
      for (const expression of open) {
        if (Math.max(...framesOf(expression)) !== frame.index) continue;
        throwIfCanceled(signal);
        yield examine(expression, cuts, tvl1);
      }
      open = open.filter((expression) => Math.max(...framesOf(expression)) > frame.index);
      const needed = new Set(open.flatMap(framesOf));
      for (const index of cuts.keys()) if (!needed.has(index)) cuts.delete(index);
    }
    onProgress?.(frame.index + 1);
    if (open.length === 0) return;
  }
  throw faceMissing(Math.max(...framesOf(open[0]!)));
}

function framesOf({ onset, apex, offset = apex }: ExpressionFrames): number[] {
  return [onset, apex, offset];
}

function examine(
  { index, onset, apex, offset }: ExpressionFrames & { readonly index: number },
  cuts: ReadonlyMap<number, FaceCut>,
  tvl1: Tvl1,
): ExaminedExpression {
  const cutOf = (frame: number): FaceCut => {
    const cut = cuts.get(frame);
    if (cut === undefined) throw faceMissing(frame);
    return cut;
  };
  const [from, to] = [cutOf(onset), cutOf(apex)];
  return {
    index,
    onset: from,
    apex: to,
    ...(offset !== undefined && { offset: cutOf(offset) }),
    ...expressionFlow(from, to, tvl1),
  };
}

function faceMissing(frame: number): TelltaleError {
  return new TelltaleError(
    'FACE_NOT_FOUND',
    `frame ${frame} shows no face`,
    'Choose onset, apex and offset among the frames that show the face.',
  );
}
