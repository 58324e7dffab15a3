/**
 * @file The recognizer of spotted intervals: trained for every tested subject on the annotated expressions of the others.
 *
 * The classes are those that all protocols of spotting and recognizing share: negative, positive, surprise (MEGC 2019;
 * Liong et al. 2023, MEAN). What was spotted but is no hit has a verdict too, which no score looks at.
 */
import { TelltaleError } from '../../base/errors.ts';
import type { RgbImage } from '../../base/image.ts';
import { EMOTIONS_3 } from '../../datasets/sample.ts';
import type { FaceImages } from '../../nets/input.ts';
import { flowInput } from '../../nets/input.ts';
import { verdictOf } from '../scores/evaluation.ts';
import type { FoldOptions, FoldPart, Trainable } from '../folds/method.ts';

/** An expression with its pictures. */
export interface PicturedExpression {
  readonly id: string;
  /** Unique over all datasets. */
  readonly subject: string;
  /** Class; absent where it is to be told, or none of the classes. */
  readonly emotion?: string;
  readonly flow: RgbImage;
  readonly faces: FaceImages;
}

/** What one fold learns from and is asked. */
export interface SpottedFold {
  readonly subject: string;
  readonly part: FoldPart;
}

/**
 * One fold per subject of whom something was spotted: it learns from the annotated expressions of all others.
 *
 * @throws TelltaleError `DATASET_INVALID` where nobody else has annotated expressions of two classes
 */
export function spottedFolds(
  annotated: readonly PicturedExpression[],
  spotted: readonly PicturedExpression[],
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
        `without ${subject} there are ${train.length} annotated micro-expressions that are negative, positive or surprise, not of two classes`,
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

function dataOf(expressions: readonly PicturedExpression[]): FoldPart['test'] {
  return {
    ids: expressions.map(({ id }) => id),
    pictures: expressions.map(({ flow }) => flow),
    faces: expressions.map(({ faces }) => faces),
    inputs: expressions.map(({ flow }) => flowInput(flow, flow.width)),
  };
}

/** Trains a fold and tells the emotion of everything that was spotted of its subject; by id. */
export async function recognizeFold(
  { part }: SpottedFold,
  trainable: Trainable,
  options: FoldOptions,
): Promise<ReadonlyMap<string, string>> {
  const { moments } = await trainable.trainFold(part, options);
  const { probabilities } = moments.at(-1)!;
  return new Map(part.test.ids.map((id, i) => [id, verdictOf(probabilities[i]!, EMOTIONS_3)]));
}
