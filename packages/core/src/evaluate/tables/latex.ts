/** @file The result of an evaluation as a LaTeX table. */
import { own } from '../../base/own.ts';
import { partsOf } from '../scores/averages.ts';
import type { Spread } from '../scores/metrics.ts';
import type { EvaluationResult } from '../scores/result.ts';
import type { Interval } from '../scores/statistics.ts';
import { protocolSentence } from './sentences.ts';

/** A whole result as a LaTeX table; needs the package booktabs. */
export function resultLatex(result: EvaluationResult): string {
  const { methods } = result;
  const rows = methods.flatMap((method) =>
    partsOf(method).map(([part, { uf1, uar, standardizedUf1, accuracy }]) => {
      const range = own(method.intervals, part)!;
      const cells = [
        part === 'all' ? latex(method.label) : '',
        latex(part),
        `${latexSpread(uf1)} & ${latexInterval(range.uf1)}`,
        `${latexSpread(uar)} & ${latexInterval(range.uar)}`,
        latexSpread(standardizedUf1),
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
    '  \\begin{tabular}{llrlrlrr}',
    '    \\toprule',
    '    Method & Part & UF1 & 95\\,\\% & UAR & 95\\,\\% & UF1, equal classes & Accuracy \\\\',
    '    \\midrule',
    ...rows.map((row) => `    ${row}`),
    '    \\bottomrule',
    '  \\end{tabular}',
    '\\end{table}',
  ].join('\n')}\n`;
}

/** Characters with a meaning in LaTeX, and what typesets them. */
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ...['&', '%', '$', '#', '_', '{', '}'].map((one) => [one, `\\${one}`] as const),
  ['\\', '\\textbackslash{}'],
  ['~', '\\textasciitilde{}'],
  ['^', '\\textasciicircum{}'],
  ['±', '$\\pm$'],
  ['−', '$-$'],
]);

/** A text as LaTeX typesets it literally; line breaks become spaces. */
export function latex(text: string): string {
  return text
    .replaceAll(/[&%$#_{}\\~^±−]/g, (character) => ESCAPES.get(character)!)
    .replaceAll(/\s+/g, ' ');
}

function latexSpread({ mean, deviation }: Spread): string {
  return deviation === 0
    ? `$${mean.toFixed(3)}$`
    : `$${mean.toFixed(3)} \\pm ${deviation.toFixed(3)}$`;
}

function latexInterval([low, high]: Interval): string {
  return `$[${low.toFixed(3)}, ${high.toFixed(3)}]$`;
}
