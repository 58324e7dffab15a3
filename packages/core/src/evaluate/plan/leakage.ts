/**
 * @file What must not cross from training to test, looked for and not assumed.
 *
 * Varanka, Li, Peng and Zhao 2023, "Data Leakage and Evaluation Issues in
 * Micro-Expression Analysis", IEEE Transactions on Affective Computing.
 */
import type { Sample } from '../../datasets/sample.ts';
import type { Fold } from './splits.ts';

/** One thing found on both sides of a fold. */
export interface Leak {
  /** Index of the fold. */
  readonly fold: number;
  /** `subject`: the same person; `sample`: the same sample; `picture`: another sample with the same picture. */
  readonly kind: 'subject' | 'sample' | 'picture';
  /** Id of the sample on the training side. */
  readonly train: string;
  /** Id of the sample on the test side. */
  readonly test: string;
}

/**
 * Every crossing of training and test, fold by fold. An empty list is a clean plan.
 *
 * @param pictures - a hash of each sample's picture by sample id; samples without one are
 *   compared by subject and id alone
 */
export function findLeaks(
  folds: readonly Fold[],
  samples: readonly Sample[],
  pictures: ReadonlyMap<string, string> = new Map(),
): Leak[] {
  const sampleOf = new Map(samples.map((sample) => [sample.id, sample]));
  return folds.flatMap((fold) => {
    const bySubject = new Map<string, string>();
    const byPicture = new Map<string, string>();
    for (const id of fold.train) {
      const subject = sampleOf.get(id)?.subject;
      if (subject !== undefined && !bySubject.has(subject)) bySubject.set(subject, id);
      const picture = pictures.get(id);
      if (picture !== undefined && !byPicture.has(picture)) byPicture.set(picture, id);
    }
    const trained = new Set(fold.train);
    return fold.test.flatMap((test): Leak[] => {
      const samePerson = bySubject.get(sampleOf.get(test)?.subject ?? '');
      const samePicture = byPicture.get(pictures.get(test) ?? '');
      const crossing = (kind: Leak['kind'], train: string): Leak => ({
        fold: fold.index,
        kind,
        train,
        test,
      });
      return [
        ...(trained.has(test) ? [crossing('sample', test)] : []),
        ...(samePerson === undefined ? [] : [crossing('subject', samePerson)]),
        ...(samePicture === undefined || samePicture === test
          ? []
          : [crossing('picture', samePicture)]),
      ];
    });
  });
}
