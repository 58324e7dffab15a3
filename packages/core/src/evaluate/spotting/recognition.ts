/**
 * @file Recognition of spotted intervals: for every tested subject, trained on the annotated expressions of the others.
 *
 * The classes are those that all protocols of spotting and recognizing share: negative, positive, surprise (MEGC 2019;
 * Liong et al. 2023, MEAN). False alarms are classified too, but not scored.
 */
import { TelltaleError } from '../../base/errors.ts';
import type { RgbImage } from '../../base/image.ts';
import { EMOTIONS_3 } from '../../datasets/sample.ts';
import type { FaceImages } from '../../nets/input.ts';
import { flowInput } from '../../nets/input.ts';
import { verdictOf } from '../scores/evaluation.ts';
import type { FoldOptions, FoldPart, Trainable } from '../folds/method.ts';

/** An expression with its flow image and face planes. */
export interface ExpressionSample {
  /** Unique over all samples. */
  readonly id: string;
  /** Unique over all datasets. */
  readonly subject: string;
  /** Class; absent where it is unknown or not one of the classes. */
  readonly emotion?: string;
  /** Optical flow and strain from onset to apex, as stored. */
  readonly flow: RgbImage;
  /** Face crops in the box and size of the flow image. */
  readonly faces: FaceImages;
}

/** One fold: the tested subject, with the data to train on and to predict. */
export interface SpottedFold {
  /** The tested subject, unique over all datasets. */
  readonly subject: string;
  /** Annotated expressions of the other subjects to train on, spotted intervals of the tested subject to predict. */
  readonly part: FoldPart;
}

/**
 * One fold per subject with spotted intervals, trained on the annotated expressions of all others.
 *
 * @throws TelltaleError `DATASET_INVALID` where the other subjects lack annotated expressions of two classes
 */
export function spottedFolds(
  annotated: readonly ExpressionSample[],
  spotted: readonly ExpressionSample[],
): SpottedFold[] {
  const classes: readonly string[] = EMOTIONS_3;
  const subjects = [...new Set(spotted.map(({ subject }) => subject))].sort();
  return subjects.map((subject) => {
    const train = annotated.filter(
      (one) =>
        one.subject !== subject && one.emotion !== undefined && classes.includes(one.emotion),
    );
    if (new Set(train.map(({ emotion }) => emotion)).size < 2) {
      throw new TelltaleError(
        'DATASET_INVALID',
        `the ${train.length} micro-expressions of other subjects than ${subject} that are annotated as negative, positive or surprise are not of two classes`,
        'Run "telltale evaluate spotting", or use a dataset with more subjects.',
      );
    }
    return {
      subject,
      part: {
        train: {
          ...dataOf(train),
          labels: train.map(({ emotion }) => classes.indexOf(emotion!)),
          subjects: train.map((one) => one.subject),
        },
        test: dataOf(spotted.filter((one) => one.subject === subject)),
      },
    };
  });
}

function dataOf(expressions: readonly ExpressionSample[]): FoldPart['test'] {
  return {
    ids: expressions.map(({ id }) => id),
    images: expressions.map(({ flow }) => flow),
    faces: expressions.map(({ faces }) => faces),
    inputs: expressions.map(({ flow }) => flowInput(flow, flow.width)),
  };
}

/** Trains a fold and predicts the class of every spotted interval of its subject, by id. */
export async function recognizeFold(
  { part }: SpottedFold,
  trainable: Trainable,
  options: FoldOptions,
): Promise<ReadonlyMap<string, string>> {
  const { predictions } = await trainable.trainFold(part, options);
  const { probabilities } = predictions.at(-1)!;
  return new Map(part.test.ids.map((id, i) => [id, verdictOf(probabilities[i]!, EMOTIONS_3)]));
}
