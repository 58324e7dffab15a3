/** @file What a recognizer is given of an expression, and what it answers. */
import { grayOf, type Plane, type RgbImage } from '../base/image.ts';
import { averageInto, flowImage, type Box } from '../motion/flow-image.ts';
import type { FlowField } from '../motion/flow.ts';
import type { InputImages } from '../nets/input.ts';
import { verdictOf } from '../recognize/card.ts';
import type { Recognizer } from '../recognize/recognizer.ts';
import type { FaceCrop } from './crop.ts';
import { boxOfLandmarks } from './flow.ts';

/** An expression as far as recognizers look at it. */
export interface ExpressionFaces {
  /** The face at the onset. */
  readonly onset: FaceCrop;
  /** The face at the apex, aligned with the onset. */
  readonly apex: FaceCrop;
  /** From onset to apex, pixels of the cut. */
  readonly flow: FlowField;
  /** The apex with its movement magnified, 224×224, for recognizers that were trained on it. */
  readonly magnified?: Plane;
}

/** A recognizer's answer. */
export interface Classification {
  /** Calibrated probability per class, in the order of the recognizer's classes; they sum to 1. */
  readonly classes: Readonly<Record<string, number>>;
  /** The most probable class, or `unsure`. */
  readonly verdict: string;
}

/**
 * Classifies an expression.
 *
 * @throws TelltaleError `FACE_NOT_FOUND` where the landmarks are not those of an upright face,
 *   `MODEL_INPUT_MISMATCH` where the recognizer takes a magnified apex and there is none
 */
export async function classifyExpression(
  recognizer: Recognizer,
  faces: ExpressionFaces,
): Promise<Classification> {
  const [probabilities] = await recognizer.classify([recognizerInput(recognizer, faces)]);
  const { card } = recognizer;
  return {
    classes: Object.fromEntries(card.classes.map((name, i) => [name, probabilities![i]!])),
    verdict: verdictOf(card, probabilities!),
  };
}

/**
 * The images for a recognizer: flow, and the faces that it takes in the same box.
 *
 * @throws TelltaleError `FACE_NOT_FOUND` where the landmarks are not those of an upright face
 */
export function recognizerInput(
  { size, images }: Pick<Recognizer, 'size' | 'images'>,
  { onset, apex, flow, magnified }: ExpressionFaces,
): InputImages {
  const box = boxOfLandmarks(onset.landmarks);
  return {
    flow: flowImage(flow, box, size),
    ...(images.includes('apex') && { apex: faceImage(grayOf(apex.image), box, size) }),
    ...(images.includes('onset') && { onset: faceImage(grayOf(onset.image), box, size) }),
    ...(images.includes('magnified') &&
      magnified && { magnified: faceImage(magnified, box, size) }),
  };
}

/** The gray face in a box of the cut, as RGB. */
function faceImage(cut: Plane, box: Box, size: number): RgbImage {
  const { data } = averageInto(cut, box, size);
  const rgb = Uint8ClampedArray.from(
    { length: 3 * data.length },
    (_, i) => data[Math.floor(i / 3)]!,
  );
  return { data: rgb, width: size, height: size, channels: 3 };
}
