/** @file What the parts of a network do, as Markdown. */
import type { KnockoutScores } from '../scores/knockout.ts';
import { markdownTable } from './markdown.ts';

/** A knockout, with what it was computed from. */
export interface KnockoutResult extends KnockoutScores {
  /** Name and version of the format. */
  readonly schema: 'telltale.knockout/1';
  /** Version of telltale. */
  readonly telltale: string;
  /** Name of the network. */
  readonly network: string;
  /** Name of its configuration. */
  readonly config: string;
  /** SHA-256 of the weights file, hexadecimal. */
  readonly weights: string;
  /** SHA-256 of the data, hexadecimal. */
  readonly data: string;
  /** Names of the classes, in the order of the probabilities. */
  readonly classes: readonly string[];
}

/** The table of a knockout: one row for each part. */
export function knockoutTable({ samples, parts }: KnockoutScores): string {
  const isScored = parts.some(({ difference }) => difference);
  const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
  const header = ['part taken out', 'replaced by', 'verdicts changed', 'mean change of a probability']; // prettier-ignore
  return markdownTable(
    [...header, ...(isScored ? ['UF1 without it', 'change of UF1, 95 % interval'] : [])],
    parts.map(({ title, neutral, changed, meanChange, scores, difference }) => [
      title,
      neutral,
      `${changed} of ${samples}`,
      meanChange.toFixed(4),
      ...(scores && difference
        ? [
            scores.uf1.toFixed(3),
            `${signed(difference.measured.uf1)} [${difference.intervals.uf1.map(signed).join(', ')}]`,
          ]
        : []),
    ]),
  );
}

/** A knockout as Markdown. */
export function knockoutMarkdown(result: KnockoutResult): string {
  const { network, config, whole, samples, scored, subjects } = result;
  const score =
    whole === undefined
      ? `${samples} samples, none of which has a class of the network.`
      : `${scored} of ${samples} samples have a class of the network; ${subjects} subjects. The whole network: UF1 ${whole.scores.uf1.toFixed(3)} [${whole.intervals.uf1.map((bound) => bound.toFixed(3)).join(', ')}], UAR ${whole.scores.uar.toFixed(3)}.`;
  return `${[
    `# What the parts of ${network} ${config} do`,
    `${score} A change below 0 means that the part helps here. Scores of clips that the weights were trained on are too high; what changes without a part can be compared all the same.`,
    knockoutTable(result),
    `Weights ${result.weights.slice(0, 16)}, data ${result.data.slice(0, 16)}, telltale ${result.telltale}.`,
  ].join('\n\n')}\n`;
}
