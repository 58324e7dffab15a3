/**
 * @file How two coders' times differ.
 *
 * Bland and Altman 1986, "Statistical methods for assessing agreement between two methods of clinical measurement",
 * The Lancet 327(8476): mean difference, limits of agreement at 1.96 standard deviations, and the standard errors of
 * both (their section "Precision of estimated limits of agreement").
 */
import { sum } from './chance.ts';

/** Differences of two coders' times, the second coder's less the first's, seconds. */
export interface BlandAltman {
  /** Number of pairs. */
  readonly pairs: number;
  /** Mean difference, seconds. */
  readonly bias: number;
  /** Standard deviation of the differences, seconds; 0 of one pair. */
  readonly standardDeviation: number;
  /** Lower limit of agreement, seconds. */
  readonly lower: number;
  /** Upper limit of agreement, seconds. */
  readonly upper: number;
  /** Half the width of the 95 % confidence interval of the bias, seconds (normal approximation). */
  readonly biasError: number;
  /** Half the width of the 95 % confidence interval of each limit, seconds (normal approximation). */
  readonly limitError: number;
}

const NORMAL = 1.959963984540054;

/** Bias and limits of agreement; `undefined` of no pair. */
export function blandAltman(differences: readonly number[]): BlandAltman | undefined {
  const pairs = differences.length;
  if (pairs === 0) return undefined;
  const bias = sum(differences) / pairs;
  const squares = sum(differences.map((one) => (one - bias) ** 2));
  const standardDeviation = pairs > 1 ? Math.sqrt(squares / (pairs - 1)) : 0;
  return {
    ...{ pairs, bias, standardDeviation },
    lower: bias - NORMAL * standardDeviation,
    upper: bias + NORMAL * standardDeviation,
    biasError: (NORMAL * standardDeviation) / Math.sqrt(pairs),
    limitError: NORMAL * standardDeviation * Math.sqrt(3 / pairs),
  };
}
