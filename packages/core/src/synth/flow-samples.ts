/** @file The flow images of a folder for pretraining. */
import { TelltaleError } from '../base/errors.ts';
import type { RgbImage } from '../base/image.ts';
import { createRandom } from '../base/random.ts';
import { SYNTHETIC_EMOTIONS } from './emotions.ts';
import { drawFaceShape, syntheticFlowImage, type FaceShape } from './flow-fields.ts';

/** Options of {@link planFlowSamples}. */
export interface FlowSampleOptions {
  /** Number of samples, at least 1. */
  readonly clips: number;
  /** Number of subjects that the samples are distributed over. */
  readonly subjects: number;
  /** @defaultValue 1 */
  readonly seed?: number;
  /** The classes of the composite protocol, or the emotions behind them. @defaultValue `composite` */
  readonly classes?: 'composite' | 'emotions';
  /** Side of the flow images, pixels, 8 to 1024. @defaultValue 28 */
  readonly size?: number;
}

/** One sample; its image is drawn on demand. */
export interface FlowSample {
  /** Name of the synthetic subject. */
  readonly subject: string;
  /** Unique within the subject. */
  readonly clip: string;
  /** Class or emotion, by the options. */
  readonly emotion: string;
  /** Computes the flow image, and the action units that it shows. */
  readonly draw: () => { readonly image: RgbImage; readonly units: string };
}

/** Each class as often as the others: who trains on them can balance them otherwise. */
const COMPOSITE = ['negative', 'positive', 'surprise'] as const;

/**
 * Samples in order, subject after subject in turn.
 *
 * @throws TelltaleError `OPTION_INVALID`
 */
export function planFlowSamples(options: FlowSampleOptions): FlowSample[] {
  const { clips, subjects, seed = 1, classes = 'composite', size } = options;
  if (!(
    Number.isInteger(clips) &&
    Number.isInteger(subjects) &&
    subjects > 0 &&
    clips >= subjects
  )) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `${clips} clips of ${subjects} subjects`,
      'Give whole numbers, with at least one clip per subject.',
    );
  }
  if (size !== undefined && !(Number.isInteger(size) && size >= 8 && size <= 1024)) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `flow images of ${size}×${size} pixels`,
      'Give a whole side from 8 to 1024.',
    );
  }
  const names = classes === 'composite' ? COMPOSITE : SYNTHETIC_EMOTIONS;
  const random = createRandom(seed);
  const shapes = new Map<number, FaceShape>();
  return Array.from({ length: clips }, (_, index) => {
    const subject = index % subjects;
    // Over a whole round of subjects every class has its turn with every subject.
    const emotion = names[(subject + Math.floor(index / subjects)) % names.length]!;
    return {
      subject: `p${String(subject + 1).padStart(4, '0')}`,
      clip: String(index + 1).padStart(6, '0'),
      emotion,
      draw: () => {
        const shape = shapes.get(subject) ?? drawFaceShape(random.fork(-1 - subject));
        shapes.set(subject, shape);
        return syntheticFlowImage(random.fork(index), emotion, {
          shape,
          ...(size !== undefined && { size }),
        });
      },
    };
  });
}
