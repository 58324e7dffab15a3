/** @file All text of the figures and the page of a report, in English. Every language is an object of this shape. */
import { actionUnitOf } from '@telltale/core/units';
import type { Expression } from '@telltale/core';

import { counted, listed, regionWords, sentence, wordsOf } from './words.ts';

type Kind = Expression['kind'];

const kinds: Readonly<Record<Kind | 'expression', string>> = {
  micro: 'micro-expression',
  macro: 'macro-expression',
  blink: 'blink',
  expression: 'expression',
};

/** The text of the figures and the report's page; each language is an object of this shape. */
export interface ReportWords {
  /** Language tag, as in HTML. */
  readonly language: string;
  /** A kind of movement, capitalized. */
  readonly title: (kind: Kind) => string;
  /** A kind of movement, within a sentence. */
  readonly kind: (kind: Kind) => string;
  /** A number of movements of a kind; of any kind with `expression`. */
  readonly count: (kind: Kind | 'expression', count: number) => string;
  /** Onset, apex or offset, within a sentence. */
  readonly moment: (name: 'onset' | 'apex' | 'offset') => string;
  /** A class, a verdict or a region. */
  readonly name: (name: string) => string;
  /** A list as one phrase. */
  readonly list: (items: readonly string[]) => string;
  /** Who an event is by, within a sentence; `coder` is the initials of a coder where they gave them. */
  readonly by: (origin: 'corrected' | 'added', coder: string | undefined) => string;
  /** Regions as one phrase; left and right become one. */
  readonly places: (names: readonly string[]) => string;
  /** Text of the movement plot. */
  readonly timeline: {
    /** Description of the plot for screen readers; `found` is the counts as one phrase. */
    readonly label: (clip: string, found: string) => string;
    /** Stands for the counts where no event was spotted. */
    readonly nothing: string;
    /** Title of the time axis, with its unit. */
    readonly time: string;
    /** Title of the movement axis, with its unit. */
    readonly movement: string;
    /** Title of the movement axis where space is short. */
    readonly movementShort: string;
    /** Label of the line at the threshold. */
    readonly threshold: string;
    /** Label of frames in which no face was detected. */
    readonly noFace: string;
  };
  /** Text of the bar chart of class probabilities. */
  readonly probabilities: {
    /** Description of the chart for screen readers; `shares` lists the classes with their probabilities. */
    readonly label: (shares: string, verdict: string) => string;
    /** Stands for the probabilities where there are none. */
    readonly none: string;
    /** Label of the line at the threshold of the verdict; `share` is a formatted percentage. */
    readonly unsureBelow: (share: string) => string;
  };
  /** Text of the bar chart of movement by region. */
  readonly regions: {
    /** Description of the chart for screen readers; `movements` lists the regions with their movements. */
    readonly label: (movements: string) => string;
    /** Unit, at the axis. */
    readonly axis: string;
  };
  /** Headings and captions of the report's page. */
  readonly page: {
    /** Title of the document. */
    readonly title: (clip: string) => string;
    /** Word beside the name telltale in the header. */
    readonly brand: string;
    /** Line of facts about the clip: size in pixels, frames, frame rate in hertz and duration. */
    readonly facts: (facts: {
      readonly width: number;
      readonly height: number;
      readonly frames: number;
      readonly rate: string;
      readonly duration: string;
    }) => string;
    /** Heading of the movement plot. */
    readonly movement: string;
    /** Heading of the expressions. */
    readonly expressions: string;
    /** Heading of the legend. */
    readonly legend: string;
    /** Explanation of the bands and symbols of the plot. */
    readonly legendHelp: string;
    /** Before and after the name of the element. */
    readonly made: (frames: number) => readonly [before: string, after: string];
  };
  /** Sentences of the summary at the top of the page. */
  readonly findings: {
    /** Heading of the summary. */
    readonly title: string;
    /** Sentence for a clip in which no face was detected. */
    readonly noFace: string;
    /** Sentence with the numbers of micro- and macro-expressions. */
    readonly found: (micro: number, macro: number) => string;
    /** Sentence with the number of events that coders added. */
    readonly added: (count: number) => string;
    /** Before and after the time, which is set in bold. */
    readonly expression: (one: ExpressionFacts) => readonly [before: string, after: string];
    /** Sentence about the expressions that the summary does not describe one by one. */
    readonly others: (count: number) => string;
    /** Sentence with the number of blinks. */
    readonly blinks: (count: number) => string;
    /** Short remark on an expression whose decision was near a threshold. */
    readonly atEdge: string;
    /** Sentence about the movements that were just not reported, at these times. */
    readonly candidates: (times: readonly string[]) => string;
    /** Sentence about frames without a face: their number and that of all frames. */
    readonly gaps: (without: number, frames: number) => string;
    /** Caveat about what a micro-expression can show: a phrase in bold, then the rest. */
    readonly doubt: readonly [strong: string, rest: string];
  };
  /** Text of the card that describes one expression. */
  readonly card: {
    /** Kind of the expression and the time of its apex. */
    readonly heading: (kind: Kind, time: string) => string;
    /** Heading of the time points. */
    readonly when: string;
    /** Heading of the movement by region. */
    readonly where: string;
    /** Heading of the verdict. */
    readonly what: string;
    /** Column headings of the table of time points. */
    readonly columns: readonly [moment: string, time: string, frame: string];
    /** Sentence with the duration from onset to offset; leads to the confidence. */
    readonly lasts: (duration: string) => string;
    /** The same for an event without a confidence; `by` is {@link ReportWords.by}. */
    readonly lastsBy: (duration: string, by: string) => string;
    /** Caption of a face crop, with its frame number. */
    readonly face: (moment: 'onset' | 'apex', frame: number) => string;
    /** Caption of the image of optical flow. */
    readonly flow: string;
    /** Alternative text of the image of optical flow. */
    readonly flowAlt: string;
    /** Caption of the color wheel that explains the colors of the flow. */
    readonly wheel: string;
    /** Caption of the flow image that the recognizer classified. */
    readonly seen: string;
    /** Alternative text of the flow image that the recognizer classified. */
    readonly seenAlt: string;
  };
  /** Text of the action units of an expression. */
  readonly units: {
    /** Heading. */
    readonly title: string;
    /** Description of the drawn face for screen readers; `names` lists the units. */
    readonly label: (names: string) => string;
    /** Sentence where no unit is named. */
    readonly none: string;
    /** Name of a unit by its number in FACS. */
    readonly name: (unit: number) => string;
    /** Side of the subject. */
    readonly side: (side: 'left' | 'right') => string;
    /** Behind a unit that is not sure. */
    readonly unsure: string;
    /** Between a unit, its side and whether it is sure. */
    readonly comma: string;
    /** A verdict with the units that are sure. */
    readonly verdict: (verdict: string, units: string) => string;
    /** Explanation below the list. */
    readonly help: string;
    /** Label of the score of the recognizer of units. */
    readonly score: string;
  };
  /** Text of the tables of further expressions and of blinks. */
  readonly table: {
    /** Heading of the expressions without a card. */
    readonly others: string;
    /** Explanation of that table; `shown` is the number of cards. */
    readonly othersHelp: (shown: number) => string;
    /** Heading of the blinks. */
    readonly blinks: string;
    /** Explanation of that table. */
    readonly blinksHelp: string;
    /** Headings of the columns with numbers, from left to right. */
    readonly columns: readonly string[];
    /** Heading of the column with the kind of expression. */
    readonly kind: string;
    /** Heading of the column with the verdict. */
    readonly taken: string;
  };
  /** Text of the section on the tracked face. */
  readonly face: {
    /** Heading of the section. */
    readonly title: string;
    /** Sentence with the number of frames with a face, of all frames, and the percentage. */
    readonly followed: (seen: number, frames: number, share: string) => string;
    /** Sentence for a clip with several faces, with their number. */
    readonly faces: (faces: number) => string;
    /** Sentence for a clip of several subjects: the number of the one who was analyzed, and how many there are. */
    readonly subject: (number: number, subjects: number) => string;
    /** Heading of the list of gaps. */
    readonly gaps: string;
    /** One gap: its times and its first and last frame. */
    readonly gap: (from: string, to: string, frames: readonly [number, number]) => string;
  };
  /** Text of the section on the recognizer and its scores. */
  readonly trust: {
    /** Heading of the section. */
    readonly title: string;
    /** Sentence above the facts of the recognizer. */
    readonly model: string;
    /** Before and after the verdict's name, and the name. */
    readonly unsure: (share: string) => readonly [before: string, name: string, after: string];
    /** Sentence for a report without a recognizer. */
    readonly none: string;
    /** Label of the score on subjects outside the training data. */
    readonly score: string;
    /** A score out of a model's card. */
    readonly scoreOf: (score: string) => string;
    /** Label of the network. */
    readonly network: string;
    /** The network with its configuration. */
    readonly networkOf: (network: string, config: string) => string;
    /** Label of the file of weights. */
    readonly file: string;
    /** Label of the list of classes. */
    readonly classes: string;
    /** Label of the hash of the weights. */
    readonly weights: string;
  };
  /** Text of the section on how the report was computed. */
  readonly made: {
    /** Heading of the section. */
    readonly title: string;
    /** Column headings of the table of stages. */
    readonly columns: readonly [stage: string, version: string, settings: string];
    /** Label of the format of the report. */
    readonly format: string;
  };
}

/** The facts of one expression, for its sentence. */
export interface ExpressionFacts {
  /** Micro-expression, macro-expression or blink. */
  readonly kind: Kind;
  /** From onset to offset, formatted with its unit. */
  readonly duration: string;
  /** Regions that moved most. */
  readonly regions: readonly string[];
  /** Name of the verdict; absent where nothing was recognized. */
  readonly verdict?: string | undefined;
  /** Of the verdict; absent where it is unsure. */
  readonly share?: string | undefined;
  /** Who corrected or added it; absent where telltale found it so. */
  readonly by?: string | undefined;
}

/** The default language. */
export const english: ReportWords = {
  language: 'en',
  title: (kind) => sentence(kinds[kind]),
  kind: (kind) => kinds[kind],
  count: (kind, count) => counted(count, kinds[kind]),
  moment: (name) => name,
  name: wordsOf,
  list: listed,
  by: (origin, coder) => `${origin} by ${coder ?? 'a coder'}`,
  places: (names) => (names.length > 6 ? 'the whole face' : regionWords(names)),
  timeline: {
    label: (clip, found) => `Movement of the face over time in ${clip}: ${found}.`,
    nothing: 'nothing spotted',
    time: 'time (seconds)',
    movement: 'movement (% of interocular distance)',
    movementShort: 'movement (%)',
    threshold: 'threshold',
    noFace: 'no face',
  },
  probabilities: {
    label: (shares, verdict) => `Class probabilities: ${shares}. Verdict: ${verdict}.`,
    none: 'none',
    unsureBelow: (share) => `unsure below ${share}`,
  },
  regions: {
    label: (movements) =>
      `Movement by region, in percent of the interocular distance: ${movements}.`,
    axis: '% of interocular distance',
  },
  page: {
    title: (clip) => `${clip}: telltale report`,
    brand: 'report',
    facts: ({ width, height, frames, rate, duration }) =>
      `${width} × ${height} pixels, ${frames} frames, ${rate} frames per second, ${duration}`,
    movement: 'Movement over time',
    expressions: 'Expressions',
    legend: 'Legend',
    legendHelp: 'Each band spans onset to offset; the symbol marks the apex.',
    made: (frames) => [
      `Generated by telltale. The whole report, including the movement of ${counted(frames, 'frame')}, is embedded in this page as JSON (element `,
      ').',
    ],
  },
  findings: {
    title: 'Findings',
    noFace: 'No face was detected in this clip, so nothing was analyzed.',
    found(micro, macro) {
      const was = micro + macro === 1 ? 'was' : 'were';
      if (macro === 0)
        return `${sentence(counted(micro, kinds.micro))} ${micro === 1 ? 'was' : 'were'} found.`;
      if (micro === 0)
        return `${sentence(counted(macro, kinds.macro))} ${was} found, and no ${kinds.micro}s.`;
      const both = listed([counted(micro, kinds.micro), counted(macro, kinds.macro)]);
      return `${sentence(both)} ${was} found.`;
    },
    added: (count) =>
      `${sentence(counted(count, 'event'))} ${count === 1 ? 'was' : 'were'} added by a coder; telltale did not report ${count === 1 ? 'it' : 'them'}.`,
    expression({ kind, duration, regions, verdict, share, by }) {
      const where = regions.length === 0 ? '' : `, strongest in ${english.places(regions)}`;
      const what =
        verdict === undefined
          ? ''
          : share === undefined
            ? ' The recognizer is unsure of its class.'
            : ` The recognizer classifies it as ${wordsOf(verdict)} (${share}).`;
      const who = by === undefined ? '' : `, ${by}`;
      return ['At ', ` a ${kinds[kind]} of ${duration}${where}${who}.${what}`];
    },
    others: (count) => `${sentence(counted(count, 'other'))} of lower confidence: see the table.`,
    blinks: (count) =>
      `${sentence(counted(count, 'blink'))} ${count === 1 ? 'was' : 'were'} detected and excluded.`,
    atEdge: 'At the edge: near a threshold.',
    candidates: (times) =>
      `${sentence(counted(times.length, 'movement'))} at the edge ${times.length === 1 ? 'was' : 'were'} not reported (at ${listed(times)}): near a threshold, another decoder may decide otherwise.`,
    gaps: (without, frames) =>
      `No face was detected in ${counted(without, 'frame')} of ${frames}; these were not analyzed.`,
    doubt: [
      'This is not a lie detector.',
      "A brief movement of the face is not evidence about truthfulness or intent, and a class is a model's prediction, not a fact.",
    ],
  },
  card: {
    heading: (kind, time) => `${sentence(kinds[kind])} at ${time}`,
    when: 'When',
    where: 'Where',
    what: 'Predicted class',
    columns: ['time point', 'time', 'frame'],
    lasts: (duration) =>
      `Duration ${duration}. Confidence that this is a movement of the face and not noise:`,
    lastsBy: (duration, by) =>
      `Duration ${duration}. The event was ${by}, so telltale gives no confidence for it.`,
    face: (moment, frame) => `The face at the ${moment}, frame ${frame}.`,
    flow: 'Optical flow from onset to apex: hue is direction, saturation is displacement',
    flowAlt:
      'Optical flow from onset to apex as color: hue is direction, saturation is displacement.',
    wheel: 'The color of each direction.',
    seen: 'Input of the recognizer: red rightward, green downward, blue strain',
    seenAlt: 'The flow image that the recognizer classified, 28 by 28 pixels, enlarged.',
  },
  units: {
    title: 'Action units',
    label: (names) => `A drawn face with the action units of this expression: ${names}.`,
    none: 'No action unit was recognized.',
    name: (unit) => actionUnitOf(unit)?.name ?? '',
    side: (side) => side,
    unsure: 'unsure',
    comma: ', ',
    verdict: (verdict, units) => `${verdict}: ${units}`,
    help: 'Sides are those of the subject, whose left is the right of the image. Units that are unsure (dashed) are more often absent than present.',
    score: 'score of the action units',
  },
  table: {
    others: 'Other expressions',
    othersHelp: (shown) =>
      `The ${shown} expressions of highest confidence are shown above; these are the others.`,
    blinks: 'Blinks',
    blinksHelp:
      'Movements of the eyelids alone. They are detected so that they are not reported as expressions.',
    columns: ['number', 'onset', 'apex', 'offset', 'duration', 'confidence'],
    kind: 'kind',
    taken: 'class',
  },
  face: {
    title: 'The face',
    followed: (seen, frames, share) =>
      `Tracked in ${seen} of ${counted(frames, 'frame')} (${share}).`,
    faces: (faces) => `Up to ${faces} faces were visible at once; the largest was analyzed.`,
    subject: (number, subjects) =>
      `${subjects} subjects are in the clip; subject ${number} was analyzed.`,
    gaps: 'No face was detected',
    gap: (from, to, [first, last]) => `from ${from} to ${to} (frames ${first} to ${last})`,
  },
  trust: {
    title: 'Reliability',
    model: 'The class probabilities are predicted by a model.',
    unsure: (share) => [`If no class reaches ${share}, the verdict is `, 'unsure', '.'],
    none: 'No recognizer was used: this report contains movements without classes.',
    score: 'Score on subjects not in its training data',
    scoreOf: (score) => score,
    network: 'Network',
    networkOf: (network, config) => `${network}, configuration ${config}`,
    file: 'File',
    classes: 'Classes',
    weights: 'Weights (SHA-256)',
  },
  made: {
    title: 'Processing steps',
    columns: ['stage', 'version', 'settings'],
    format: 'Data format:',
  },
};
