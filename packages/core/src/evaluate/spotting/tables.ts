/** @file The result of spotting in words and as a table. */
import type { SpottingMethod, SpottingResult } from './result.ts';
import type { SpottingLine } from './scores.ts';
import type { Interval } from '../scores/statistics.ts';
import { markdownTable } from '../tables/markdown.ts';

/** What was measured and how, in one paragraph. */
export function spottingSentence({ dataset, methods, annotated, videos }: SpottingResult): string {
  const { subjects } = methods[0]!.scores;
  return (
    `${dataset}: ${videos.length} videos of ${subjects} subjects, ${annotated.micro} micro-expressions and ` +
    `${annotated.macro} longer ones annotated. An interval is a hit where it overlaps an annotated one of its kind by ` +
    `at least half (intersection over union, frames inclusive, one for one); counts are summed over all videos. In ` +
    `brackets 95 % intervals over subjects. Average precision is the mean over overlaps of .50 to .95.`
  );
}

/** Names of the lines of a table. */
export const spottingLineNames = {
  micro: 'micro-expressions',
  macro: 'longer ones',
  overall: 'together',
} as const;

/** The lines that a method has, in order. */
export function spottingLines({
  scores,
}: SpottingMethod): (readonly [name: keyof typeof spottingLineNames, line: SpottingLine])[] {
  return (['micro', 'macro', 'overall'] as const).flatMap((name) => {
    const line = scores.lines[name];
    return line === undefined ? [] : [[name, line] as const];
  });
}

/** A whole result as Markdown. */
export function spottingMarkdown(result: SpottingResult): string {
  const { methods, videos } = result;
  const rows = methods.flatMap((method) =>
    spottingLines(method).map(([name, line], i) => [
      i === 0 ? method.label : '',
      spottingLineNames[name],
      `${line.hits}`,
      `${line.falseAlarms}`,
      `${line.misses}`,
      `${number(line.f1)} ${range(line.intervals.f1)}`,
      number(line.precision),
      number(line.recall),
      line.average === undefined
        ? ''
        : `${number(line.average.mean)} (${number(line.average.at50)})`,
    ]),
  );
  const silent = videos.filter(({ note }) => note !== undefined);
  return `${[
    `# ${result.task === 'spotting' ? 'Spotting' : 'Spotting and recognizing'}: ${result.dataset}`,
    spottingSentence(result),
    markdownTable(
      [
        'method',
        'what',
        'hits',
        'false alarms',
        'misses',
        'F1',
        'precision',
        'recall',
        'AP (at .5)',
      ],
      rows,
    ),
    ...recognitionPart(result),
    ...(silent.length === 0
      ? []
      : [`Nothing could be spotted in: ${silent.map(({ video, note }) => `${video} (${note!})`).join('; ')}.`]), // prettier-ignore
    `Made by telltale ${result.telltale}.`,
  ].join('\n\n')}\n`;
}

/** How hits were recognized, in one sentence; nothing where they were not. */
export function recognitionSentence({ methods }: SpottingResult): string | undefined {
  const recognition = methods[0]!.scores.recognition;
  if (recognition === undefined) return undefined;
  const { hits, classes, precision, recall, f1, strs, intervals } = recognition;
  return (
    `Of ${hits} hits among the micro-expressions the emotion was told with macro precision ${number(precision)} and ` +
    `macro recall ${number(recall)} over ${classes.join(', ')}: F1 ${number(f1)} ${range(intervals.f1)}. ` +
    `STRS, the product of both F1: ${number(strs)} ${range(intervals.strs)}.`
  );
}

function recognitionPart(result: SpottingResult): string[] {
  const sentence = recognitionSentence(result);
  return sentence === undefined ? [] : ['## Recognition of what was spotted', sentence];
}

const number = (value: number): string => value.toFixed(3);
const range = ([low, high]: Interval): string => `[${number(low)}, ${number(high)}]`;
