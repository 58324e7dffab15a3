/**
 * @file Settings chosen on the training part by cross-validation over subjects.
 *
 * The nested cross-validation of Varma and Simon 2006, "Bias in error
 * estimation when using cross-validation for model selection", BMC
 * Bioinformatics 7:91. The tested subject is not here at all.
 */
import type { Random } from '../base/random.ts';
import { scoreJudgments } from '../evaluate/scores/metrics.ts';

/** One side of a split, and the other; indices of samples. */
export interface Split {
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/**
 * Cuts samples into groups of whole subjects, each of which is tested once.
 *
 * @param subjects - of each sample
 * @param options - at most this many groups; fewer where there are fewer subjects
 */
export function subjectSplits(
  subjects: readonly string[],
  { groups, random }: { readonly groups: number; readonly random: Random },
): Split[] {
  const names = random.shuffle([...new Set(subjects)].sort());
  const count = Math.min(groups, names.length);
  if (count < 2) return [];
  const groupOf = new Map(names.map((name, i) => [name, i % count]));
  const indices = (kept: (group: number) => boolean): number[] =>
    subjects.flatMap((name, i) => (kept(groupOf.get(name)!) ? [i] : []));
  return Array.from({ length: count }, (_, group) => ({
    train: indices((other) => other !== group),
    test: indices((other) => other === group),
  }));
}

/** Mean of UF1 and UAR over all verdicts together. */
export function measure(
  verdicts: readonly number[],
  labels: readonly number[],
  classes: number,
): number {
  const names = Array.from({ length: classes }, (_, c) => String(c));
  const judgments = labels.map((label, i) => ({
    target: names[label]!,
    prediction: names[verdicts[i]!]!,
  }));
  const { uf1, uar } = scoreJudgments(judgments, names);
  return (uf1 + uar) / 2;
}
