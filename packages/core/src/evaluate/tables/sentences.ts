/** @file How a result was computed, in sentences. */
import type { EvaluationResult } from '../scores/result.ts';

/** The protocol of an evaluation, in sentences. */
export function protocolSentence(result: EvaluationResult): string {
  const { subjects, samples, seeds, select, protocol, protocolRecord } = result;
  const epochs =
    select === 'inner'
      ? 'the number of epochs chosen on held-out subjects of each training part'
      : 'the number of epochs fixed in advance';
  return (
    `${capital(splitWords(result))} over ${subjects} subjects and ${samples} clips, ` +
    `${seeds.length === 1 ? 'one seed' : `${seeds.length} seeds`}, ${epochs}. ` +
    'UF1 and UAR are computed once from the pooled predictions of all folds; ' +
    '“equal classes” is UF1 standardized to equal class sizes (each row of the confusion matrix divided by its sum); ' +
    (seeds.length > 1 ? '± is the standard deviation over seeds, ' : '') +
    'ranges are 95 % bootstrap intervals over subjects.' +
    (protocolRecord === undefined ? '' : recordWords(protocol, protocolRecord))
  );
}

/** How the folds were split, within a sentence: `leave-one-subject-out`, `5 folds of whole subjects`. */
export function splitWords({ cut, methods }: EvaluationResult): string {
  if (cut === undefined) return 'leave-one-subject-out';
  if (cut === 'lodo') return 'leave-one-dataset-out';
  if (cut === 'hde') return 'holdout-database evaluation';
  const folds = new Set(methods[0]?.results.map(({ subject }) => subject)).size;
  return `${folds} folds of whole subjects`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Whether the data are those that the protocol was published with. */
function recordWords(
  protocol: string,
  { editions, mismatch }: NonNullable<EvaluationResult['protocolRecord']>,
): string {
  if (mismatch.length > 0) {
    return ` NOT ${protocol} as published, not comparable with published numbers: ${mismatch.join('; ')}.`;
  }
  const parts = Object.entries(editions).map(([dataset, edition]) => `${dataset} (${edition})`);
  return ` Protocol ${protocol}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}.`;
}

/** The warning above every score whose epoch was chosen on the tested subject. */
export const leakyWarning =
  'Leaky: the epoch was chosen for each fold on the tested subject itself. This is not a result; it shows how much this practice inflates a score.';
