/** @file Class scores and confusion matrices averaged over seeds, and the parts of the data that are scored. */
import type { Summary } from './evaluation.ts';
import type { ClassScores } from './metrics.ts';
import type { MethodResult } from './result.ts';

/** The scored parts in the order of tables: all samples, then each dataset where there are several. */
export function partsOf({ scores }: MethodResult): (readonly [string, Summary])[] {
  const parts = Object.entries(scores.parts);
  return [['all', scores.all], ...(parts.length > 1 ? parts : [])];
}

/**
 * Scores of each class, averaged over seeds.
 *
 * @param perSeed - the classes in the same order for each seed
 */
export function averageClasses(perSeed: readonly (readonly ClassScores[])[]): ClassScores[] {
  return perSeed[0]!.map(({ name, support }, c) => {
    const mean = (key: 'f1' | 'recall' | 'precision'): number =>
      perSeed.reduce((sum, classes) => sum + classes[c]![key], 0) / perSeed.length;
    return { name, support, f1: mean('f1'), recall: mean('recall'), precision: mean('precision') };
  });
}

/**
 * Counts of target and prediction, averaged over seeds.
 *
 * @returns shape `[target, prediction]`
 */
export function averageConfusion({ scores }: Pick<MethodResult, 'scores'>): number[][] {
  const [first, ...others] = scores.seeds.map(({ all }) => all.confusion);
  return first!.map((row, i) =>
    row.map((count, j) => {
      const sum = others.reduce((total, table) => total + table[i]![j]!, count);
      return sum / scores.seeds.length;
    }),
  );
}
