/** @file The result of an evaluation as Markdown. */
import { own } from '../../base/own.ts';
import { averageClasses, averageConfusion, partsOf } from '../scores/averages.ts';
import type { Spread } from '../scores/metrics.ts';
import type { Comparison, EvaluationResult, MethodResult } from '../scores/result.ts';
import type { Interval } from '../scores/statistics.ts';
import { markdownTable } from './markdown.ts';
import { leakyWarning, protocolSentence } from './sentences.ts';

/** A whole result as Markdown. */
export function resultMarkdown(result: EvaluationResult): string {
  const leaky = result.methods.filter((method) => method.leaky !== undefined);
  return `${[
    `# ${result.methods.map(({ label }) => label).join(', ')}`,
    protocolSentence(result),
    scoreTable(result),
    ...(leaky.length > 0 ? ['## Not a result', leakyWarning, leakyTable(leaky)] : []),
    ...(result.comparisons.length > 0 ? ['## Differences', comparisonTable(result)] : []),
    ...result.methods.flatMap((method) => [
      `## ${method.label}`,
      classTable(method),
      confusionTable(result, method),
    ]),
    `Checked on what all ${result.leaks.folds} folds read: no subject, clip or picture stands on both sides of a fold. Made with telltale ${result.telltale}; data ${result.data.slice(0, 16)}.`,
  ].join('\n\n')}\n`;
}

function scoreTable({ methods, time }: EvaluationResult): string {
  const rows = methods.flatMap((method) =>
    partsOf(method).map(([part, summary]) => {
      const { uf1, uar, accuracy } = own(method.intervals, part)!;
      return [
        part === 'all' ? `**${method.label}**` : '',
        part,
        String(summary.samples),
        `${spread(summary.uf1)} ${interval(uf1)}`,
        `${spread(summary.uar)} ${interval(uar)}`,
        `${spread(summary.accuracy)} ${interval(accuracy)}`,
        part === 'all' ? `${(own(time, method.name)! / 60).toFixed(1)} min` : '',
      ];
    }),
  );
  return markdownTable(['', 'part', 'clips', 'UF1', 'UAR', 'accuracy', 'processor time'], rows);
}

function leakyTable(methods: readonly MethodResult[]): string {
  return markdownTable(
    ['', 'UF1, honest', 'UF1, leaky', 'UAR, honest', 'UAR, leaky'],
    methods.map(({ label, scores, leaky }) => [
      label,
      spread(scores.all.uf1),
      spread(leaky!.scores.all.uf1),
      spread(scores.all.uar),
      spread(leaky!.scores.all.uar),
    ]),
  );
}

function comparisonTable({ comparisons, methods }: EvaluationResult): string {
  const label = (name: string): string =>
    methods.find((method) => method.name === name)?.label ?? name;
  return markdownTable(
    [
      '',
      'UF1 difference',
      'p',
      'UAR difference',
      'p',
      'McNemar, per seed: right/wrong, wrong/right, p',
    ],
    comparisons.map((one) => [
      `${label(one.first)} − ${label(one.second)}`,
      difference(one, 'uf1'),
      probability(one.difference.p.uf1),
      difference(one, 'uar'),
      probability(one.difference.p.uar),
      one.mcnemar
        .map(({ onlyFirst, onlySecond, p }) => `${onlyFirst}, ${onlySecond}, ${probability(p)}`)
        .join('; '),
    ]),
  );
}

function difference({ difference: d }: Comparison, key: 'uf1' | 'uar'): string {
  const sign = (x: number): string => `${x < 0 ? '−' : '+'}${Math.abs(x).toFixed(3)}`;
  const [low, high] = d.intervals[key];
  return `${sign(d.measured[key])} [${sign(low)}, ${sign(high)}]`;
}

function classTable({ scores }: MethodResult): string {
  return markdownTable(
    ['class', 'clips', 'F1', 'recall', 'precision'],
    averageClasses(scores.seeds.map(({ all }) => all.classes)).map((one) => [
      one.name,
      String(one.support),
      one.f1.toFixed(3),
      one.recall.toFixed(3),
      one.precision.toFixed(3),
    ]),
  );
}

function confusionTable({ classes }: EvaluationResult, method: MethodResult): string {
  return markdownTable(
    ['true ↓, said →', ...classes],
    averageConfusion(method).map((row, i) => [classes[i]!, ...row.map(shortNumber)]),
  );
}

/** A deviation of 0 is that of a single seed: it says nothing and is left out. */
function spread({ mean, deviation }: Spread): string {
  return deviation === 0 ? mean.toFixed(3) : `${mean.toFixed(3)} ± ${deviation.toFixed(3)}`;
}

function interval([low, high]: Interval): string {
  return `[${low.toFixed(3)}, ${high.toFixed(3)}]`;
}

function probability(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

function shortNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}
