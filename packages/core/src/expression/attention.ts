/**
 * @file Where a recognizer's flow-driven attention looks in an expression, and the overlay of it over the face.
 *
 * The maps have one number per token, 14×14 on the first level of MFDAN, in the box of the flow image. Both are relative:
 * 1 is the mean movement, and the attention that a place has where all are attended alike.
 */
import { TelltaleError } from '../base/errors.ts';
import type { RgbImage } from '../base/image.ts';
import type { Box } from '../motion/flow-image.ts';
import type { AttentionMap } from '../recognize/attention.ts';
import type { Recognizer } from '../recognize/recognizer.ts';
import { recognizerInput, type ExpressionFaces } from './classify.ts';
import { boxOfLandmarks } from './flow.ts';

/** Where the attention of a recognizer looks in an expression. */
export interface ExpressionAttention extends AttentionMap {
  /** What the maps cover of the face cut, pixels. */
  readonly box: Box;
}

/** Values from this on have the brightest color. */
const MOST_SHOWN = 4;

/** How much of a pixel is the color of the map. */
const OPACITY = 0.6;

/**
 * Where the recognizer looks in an expression.
 *
 * @throws TelltaleError as {@link assertAttention}, and as `classifyExpression`
 */
export async function lookAt(
  recognizer: Recognizer | undefined,
  faces: ExpressionFaces,
): Promise<ExpressionAttention> {
  assertAttention(recognizer);
  const map = await recognizer.attention.look(recognizerInput(recognizer, faces));
  return { ...map, box: boxOfLandmarks(faces.onset.landmarks) };
}

/**
 * Checks before the work that a recognizer has an attention that can be shown.
 *
 * @throws TelltaleError `OPTION_INVALID` where no flow drives its attention
 */
export function assertAttention(
  recognizer: Recognizer | undefined,
): asserts recognizer is Recognizer & Required<Pick<Recognizer, 'attention'>> {
  if (recognizer?.attention !== undefined) return;
  const what = recognizer
    ? `${recognizer.card.file ?? recognizer.card.network} has no attention that flow drives`
    : 'there is no recognizer';
  throw new TelltaleError(
    'OPTION_INVALID',
    `attention was to be shown, and ${what}`,
    'Choose MFDAN (--network mfdan), or weights of it that "telltale train" wrote; an exported file and the ensemble do not show theirs.',
  );
}

/**
 * The movement (left) and the attention (right) as colors over a face: black 0, red 1.3, yellow 2.7, white 4 and more.
 *
 * @param face - the cut face at the apex
 * @returns RGB, twice as wide as the face
 */
export function attentionOverlay(face: RgbImage, shown: ExpressionAttention): RgbImage {
  const { width, height, channels } = face;
  const data = new Uint8ClampedArray(2 * width * height * 3);
  for (const [half, map] of [shown.movement, shown.attention].entries()) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const pixel = face.data.subarray((y * width + x) * channels);
        const gray = 0.299 * pixel[0]! + 0.587 * pixel[1]! + 0.114 * pixel[2]!;
        const value = valueAt(map, shown, { x, y });
        const color = value === undefined ? [gray, gray, gray] : heat(value / MOST_SHOWN);
        const at = 3 * (y * 2 * width + half * width + x);
        const part = value === undefined ? 1 : OPACITY;
        for (let c = 0; c < 3; c++) data[at + c] = part * color[c]! + (1 - part) * gray;
      }
    }
  }
  return { data, width: 2 * width, height, channels: 3 };
}

/** The value of the place that a pixel lies in; undefined outside of the box. */
function valueAt(
  map: Float32Array,
  { side, box }: Pick<ExpressionAttention, 'side' | 'box'>,
  pixel: { readonly x: number; readonly y: number },
): number | undefined {
  const column = Math.floor(((pixel.x + 0.5 - box.left) / box.width) * side);
  const row = Math.floor(((pixel.y + 0.5 - box.top) / box.height) * side);
  const isInside = column >= 0 && column < side && row >= 0 && row < side;
  return isInside ? map[row * side + column] : undefined;
}

/** Black, red, yellow, white from 0 to 1; red, green and blue, 0–255. */
function heat(value: number): readonly [number, number, number] {
  const rise = (from: number): number => 255 * Math.min(Math.max(3 * value - from, 0), 1);
  return [rise(0), rise(1), rise(2)];
}
