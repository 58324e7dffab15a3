/** @file From a row of an evaluation to what a calibration reads, and to what a card states of other laboratories. */
import type { FoldResult, MethodResult } from '@telltale/core/evaluate';
import { trustAcross } from '@telltale/core/recognize';
import type { ElsewhereScore, LabeledPrediction } from '@telltale/core/recognize';

/** All predictions of a row, over folds and seeds. */
export function labeledPredictions(
  { results }: { readonly results: readonly Pick<FoldResult, 'predictions'>[] },
  classes: readonly string[],
): LabeledPrediction[] {
  return results.flatMap(({ predictions }) =>
    predictions.map(({ probabilities, target }) => ({
      probabilities,
      target: classes.indexOf(target),
    })),
  );
}

/**
 * What a leave-one-dataset-out row states of subjects of another laboratory, to three digits. Each dataset is read with the
 * temperature and the threshold that the others teach, so that these are as foreign to it as the weights.
 *
 * @param right - accuracy that verdicts other than unsure must reach where they are calibrated
 */
export function elsewhereOf(
  method: Pick<MethodResult, 'results' | 'scores'>,
  classes: readonly string[],
  right: number,
): ElsewhereScore {
  const { samples, uf1, uar, standardizedUf1 } = method.scores.all;
  const datasets = [...new Set(method.results.map(({ subject }) => subject))];
  const trust = trustAcross(
    datasets.map((dataset) => {
      const results = method.results.filter(({ subject }) => subject === dataset);
      return labeledPredictions({ results }, classes);
    }),
    right,
  );
  const short = (value: number): number => Number(value.toFixed(3));
  return {
    clips: samples,
    ...{ uf1: short(uf1.mean), uar: short(uar.mean) },
    standardizedUf1: short(standardizedUf1.mean),
    ...{ sure: short(trust.sure), right: short(trust.right) },
    calibrationError: short(trust.calibrationError),
  };
}
