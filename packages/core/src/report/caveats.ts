/** @file What the reader must know before believing a report, in plain sentences. */
import type { Report } from './report.ts';

/** What the sentences depend on, besides the report. */
export interface Circumstances {
  /** Between the centers of the eyes, pixels of the picture. */
  readonly interocular: number;
}

/** Below this distance between the eyes a movement of a pixel is lost in the noise; pixels. */
const SMALL_FACE = 60;
/** Below this rate a micro-expression is a handful of frames; frames per second. */
const SLOW_CAMERA = 90;
/** Below this length a clip does not show how restless a face usually is; seconds. */
const SHORT_CLIP = 2;

/** The caveats of a report, the most important first. */
export function caveatsOf(
  report: Omit<Report, 'caveats'>,
  { interocular }: Circumstances,
): string[] {
  const { clip, face, recognizer } = report;
  const caveats = [
    'This report says when and where the face moved. It is not a lie detector: no movement of a face proves what a person feels, thinks or hides.',
    recognizer
      ? `Class probabilities are guesses of the model ${recognizer.network} ${recognizer.config}. Its honest score, on people it had not seen: ${recognizer.score}. On other cameras, other light and other people expect less.`
      : 'No recognizer was used: movements were spotted, not classified.',
    'Spotting was tested on demonstration clips with planted movements. On natural faces, above all on people who talk, it also finds movements that no coder would call an expression.',
    'Sizes are measured by optical flow, which sees less than there is: a movement of one pixel is measured as 0.5 to 0.8.',
  ];
  if (recognizer?.members)
    caveats.push(
      `The probabilities are the mean of those of ${recognizer.members.length} models: ${recognizer.config}.`,
    );
  if (recognizer?.file !== undefined)
    caveats.push(
      `The model is not one that ships with telltale: it was brought as ${recognizer.file}, and its score is what that file says of itself.`,
    );
  if (recognizer?.note !== undefined) caveats.push(recognizer.note);
  if (face.faces > 1) {
    caveats.push(
      `Up to ${face.faces} faces are in the picture at once; only the largest was analyzed.`,
    );
  }
  if (face.frames < clip.frames) {
    caveats.push(
      `No face was found in ${clip.frames - face.frames} of ${clip.frames} frames; what happened there is not known.`,
    );
  }
  if (interocular < SMALL_FACE) {
    caveats.push(
      `The eyes are only ${Math.round(interocular)} pixels apart; movements below a pixel of the picture are not seen.`,
    );
  }
  if (clip.rate < SLOW_CAMERA) {
    const spacing = Math.round(1000 / clip.rate);
    caveats.push(
      `At ${Number(clip.rate.toFixed(2))} frames per second, onset, apex and offset are known to about ${spacing} ms.`,
    );
  }
  if (clip.duration < SHORT_CLIP) {
    caveats.push(
      'The clip is too short to know how restless this face is at rest: confidences are less certain.',
    );
  }
  return caveats;
}
