/** @file The result of an evaluation as tables for people: Markdown and LaTeX. */
import type { Summary } from './evaluation.ts';
import type { ClassScores, Spread } from './metrics.ts';
import type { Comparison, EvaluationResult, MethodResult } from './result.ts';
import type { Interval } from './statistics.ts';

/** How the evaluation was made, in a sentence. */
export function protocolSentence(result: EvaluationResult): string {
  const { subjects, samples, seeds, select, protocol, protocolRecord } = result;
  const epochs =
    select === 'inner'
      ? 'the number of epochs chosen inside each training part, on subjects of it'
      : 'the number of epochs fixed in advance';
  return (
    `${cutWords(result)} over ${subjects} subjects and ${samples} clips, ` +
    `${seeds.length === 1 ? 'one seed' : `${seeds.length} seeds`}, ${epochs}. ` +
    'UF1 and UAR are computed once from the predictions of all folds together; ' +
    (seeds.length > 1 ? '± is the standard deviation over seeds, ' : '') +
    'ranges are 95 % intervals over the choice of subjects.' +
    (protocolRecord === undefined ? '' : recordWords(protocol, protocolRecord))
  );
}

function cutWords({ cut, methods }: EvaluationResult): string {
  if (cut === undefined) return 'Leave-one-subject-out';
  if (cut === 'lodo') return 'Leave-one-dataset-out';
  if (cut === 'hde') return 'Trained on one dataset, tested on the other, both ways,';
  const folds = new Set(methods[0]?.results.map(({ subject }) => subject)).size;
  return `${folds} folds of whole subjects`;
}

/** Which published experiment it is, or that it is not. */
function recordWords(
  protocol: string,
  { editions, mismatch }: NonNullable<EvaluationResult['protocolRecord']>,
): string {
  if (mismatch.length > 0) {
    return ` NOT ${protocol} as published, not to be compared with published numbers: ${mismatch.join('; ')}.`;
  }
  const told = Object.entries(editions).map(([dataset, edition]) => `${dataset} (${edition})`);
  return ` Protocol ${protocol}${told.length > 0 ? `: ${told.join(', ')}` : ''}.`;
}

/** What stands above every number that was chosen on the tested subject. */
export const leakyWarning =
  'Leaky: the epoch was chosen for each fold on the tested subject itself. This is not a result; it shows what that habit does to one.';

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

/** Rows of the main table: everything, then each dataset. */
function partsOf({ scores }: MethodResult): (readonly [string, Summary])[] {
  const parts = Object.entries(scores.parts);
  return [['all', scores.all], ...(parts.length > 1 ? parts : [])];
}

function scoreTable({ methods, time }: EvaluationResult): string {
  const rows = methods.flatMap((method) =>
    partsOf(method).map(([part, summary]) => {
      const { uf1, uar, accuracy } = method.intervals[part]!;
      return [
        part === 'all' ? `**${method.label}**` : '',
        part,
        String(summary.samples),
        `${spread(summary.uf1)} ${interval(uf1)}`,
        `${spread(summary.uar)} ${interval(uar)}`,
        `${spread(summary.accuracy)} ${interval(accuracy)}`,
        part === 'all' ? `${(time[method.name]! / 60).toFixed(1)} min` : '',
      ];
    }),
  );
  return markdown(['', 'part', 'clips', 'UF1', 'UAR', 'accuracy', 'processor time'], rows);
}

function leakyTable(methods: readonly MethodResult[]): string {
  return markdown(
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
  return markdown(
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
  return markdown(
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

function confusionTable({ classes }: EvaluationResult, method: MethodResult): string {
  return markdown(
    ['true ↓, said →', ...classes],
    averageConfusion(method).map((row, i) => [classes[i]!, ...row.map(shortNumber)]),
  );
}

/** A whole result as a LaTeX table; needs the package booktabs. */
export function resultLatex(result: EvaluationResult): string {
  const { methods } = result;
  const rows = methods.flatMap((method) =>
    partsOf(method).map(([part, { uf1, uar, accuracy }]) => {
      const range = method.intervals[part]!;
      const cells = [
        part === 'all' ? latex(method.label) : '',
        latex(part),
        `${latexSpread(uf1)} & ${latexInterval(range.uf1)}`,
        `${latexSpread(uar)} & ${latexInterval(range.uar)}`,
        latexSpread(accuracy),
      ];
      return `${cells.join(' & ')} \\\\`;
    }),
  );
  return `${[
    `% ${result.methods.map(({ name }) => name).join(', ')}; telltale ${result.telltale}; needs \\usepackage{booktabs}`,
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${latex(protocolSentence(result))}}`,
    '  \\begin{tabular}{llrlrlr}',
    '    \\toprule',
    '    Method & Part & UF1 & 95\\,\\% & UAR & 95\\,\\% & Accuracy \\\\',
    '    \\midrule',
    ...rows.map((row) => `    ${row}`),
    '    \\bottomrule',
    '  \\end{tabular}',
    '\\end{table}',
  ].join('\n')}\n`;
}

function latex(text: string): string {
  return text
    .replaceAll(/[&%$#_{}]/g, (character) => `\\${character}`)
    .replaceAll('±', '$\\pm$')
    .replaceAll('−', '$-$');
}

function latexSpread({ mean, deviation }: Spread): string {
  return deviation === 0
    ? `$${mean.toFixed(3)}$`
    : `$${mean.toFixed(3)} \\pm ${deviation.toFixed(3)}$`;
}

function latexInterval([low, high]: Interval): string {
  return `$[${low.toFixed(3)}, ${high.toFixed(3)}]$`;
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

function markdown(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
