/**
 * @file Leaks from training to test: a subject, a sample or an image on both sides of a fold.
 *
 * Varanka, Li, Peng and Zhao 2023, "Data Leakage and Evaluation Issues in
 * Micro-Expression Analysis", IEEE Transactions on Affective Computing.
 */
import type { Sample } from '../../datasets/sample.ts';
import type { Fold } from './splits.ts';

/** A leak. */
export interface Leak {
  /** Index of the fold. */
  readonly fold: number;
  /** `subject`: the same subject; `sample`: the same sample; `image`: another sample with the same flow image. */
  readonly kind: 'subject' | 'sample' | 'image';
  /** Id of the sample on the training side. */
  readonly train: string;
  /** Id of the sample on the test side. */
  readonly test: string;
}

/**
 * Finds every leak, fold by fold.
 *
 * @param hashes - a hash of each sample's flow image by sample id; samples without one are compared by subject and id
 *   alone
 * @returns empty where nothing leaks
 */
export function findLeaks(
  folds: readonly Fold[],
  samples: readonly Sample[],
  hashes: ReadonlyMap<string, string> = new Map(),
): Leak[] {
  const sampleOf = new Map(samples.map((sample) => [sample.id, sample]));
  return folds.flatMap((fold) => {
    const bySubject = new Map<string, string>();
    const byHash = new Map<string, string>();
    for (const id of fold.train) {
      const subject = sampleOf.get(id)?.subject;
      if (subject !== undefined && !bySubject.has(subject)) bySubject.set(subject, id);
      const hash = hashes.get(id);
      if (hash !== undefined && !byHash.has(hash)) byHash.set(hash, id);
    }
    const trained = new Set(fold.train);
    return fold.test.flatMap((test): Leak[] => {
      const sameSubject = bySubject.get(sampleOf.get(test)?.subject ?? '');
      const sameImage = byHash.get(hashes.get(test) ?? '');
      const leak = (kind: Leak['kind'], train: string): Leak => ({
        fold: fold.index,
        kind,
        train,
        test,
      });
      return [
        ...(trained.has(test) ? [leak('sample', test)] : []),
        ...(sameSubject === undefined ? [] : [leak('subject', sameSubject)]),
        ...(sameImage === undefined || sameImage === test ? [] : [leak('image', sameImage)]),
      ];
    });
  });
}
