/** @file All text of the figures and the page of a report, in English. Every language is an object of this shape. */
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
  /** Regions as one phrase; left and right become one. */
  readonly places: (names: readonly string[]) => string;
  readonly timeline: {
    readonly label: (clip: string, found: string) => string;
    readonly nothing: string;
    readonly time: string;
    readonly movement: string;
    readonly movementShort: string;
    readonly threshold: string;
    readonly noFace: string;
  };
  readonly probabilities: {
    readonly label: (shares: string, verdict: string) => string;
    readonly none: string;
    readonly unsureBelow: (share: string) => string;
  };
  readonly regions: {
    readonly label: (movements: string) => string;
    readonly axis: string;
  };
  readonly page: {
    readonly title: (clip: string) => string;
    readonly brand: string;
    readonly facts: (facts: {
      readonly width: number;
      readonly height: number;
      readonly frames: number;
      readonly rate: string;
      readonly duration: string;
    }) => string;
    readonly movement: string;
    readonly expressions: string;
    readonly legend: string;
    readonly legendHelp: string;
    /** Before and after the name of the element. */
    readonly made: (frames: number) => readonly [before: string, after: string];
  };
  readonly findings: {
    readonly title: string;
    readonly noFace: string;
    readonly found: (micro: number, macro: number) => string;
    /** Before and after the time, which is set in bold. */
    readonly expression: (one: ExpressionFacts) => readonly [before: string, after: string];
    readonly others: (count: number) => string;
    readonly blinks: (count: number) => string;
    readonly gaps: (without: number, frames: number) => string;
    readonly doubt: readonly [strong: string, rest: string];
  };
  readonly card: {
    readonly heading: (kind: Kind, time: string) => string;
    readonly when: string;
    readonly where: string;
    readonly what: string;
    readonly columns: readonly [moment: string, time: string, frame: string];
    readonly lasts: (duration: string) => string;
    readonly face: (moment: 'onset' | 'apex', frame: number) => string;
    readonly flow: string;
    readonly flowAlt: string;
    readonly wheel: string;
    readonly seen: string;
    readonly seenAlt: string;
  };
  readonly table: {
    readonly others: string;
    readonly othersHelp: (shown: number) => string;
    readonly blinks: string;
    readonly blinksHelp: string;
    readonly columns: readonly string[];
    readonly kind: string;
    readonly taken: string;
  };
  readonly face: {
    readonly title: string;
    readonly followed: (seen: number, frames: number, share: string) => string;
    readonly faces: (faces: number) => string;
    readonly gaps: string;
    readonly gap: (from: string, to: string, frames: readonly [number, number]) => string;
  };
  readonly trust: {
    readonly title: string;
    readonly model: string;
    /** Before and after the verdict's name, and the name. */
    readonly unsure: (share: string) => readonly [before: string, name: string, after: string];
    readonly none: string;
    readonly score: string;
    /** A score out of a model's card. */
    readonly scoreOf: (score: string) => string;
    readonly network: string;
    readonly networkOf: (network: string, config: string) => string;
    readonly file: string;
    readonly classes: string;
    readonly weights: string;
  };
  readonly made: {
    readonly title: string;
    readonly columns: readonly [stage: string, version: string, settings: string];
    readonly format: string;
  };
}

/** The facts of one expression, for its sentence. */
export interface ExpressionFacts {
  readonly kind: Kind;
  readonly duration: string;
  /** Regions that moved most. */
  readonly regions: readonly string[];
  readonly verdict?: string | undefined;
  /** Of the verdict; absent where it is unsure. */
  readonly share?: string | undefined;
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
      const was = micro + macro === 1 || (micro === 1 && macro === 0) ? 'was' : 'were';
      if (macro === 0) return `${sentence(counted(micro, kinds.micro))} ${was} found.`;
      const both = listed([counted(micro, kinds.micro), counted(macro, kinds.macro)]);
      return `${sentence(both)} ${was} found.`;
    },
    expression({ kind, duration, regions, verdict, share }) {
      const where = regions.length === 0 ? '' : `, strongest in ${english.places(regions)}`;
      const what =
        verdict === undefined
          ? ''
          : share === undefined
            ? ' The recognizer is unsure of its class.'
            : ` The recognizer classifies it as ${wordsOf(verdict)} (${share}).`;
      return ['At ', ` a ${kinds[kind]} of ${duration}${where}.${what}`];
    },
    others: (count) => `${sentence(counted(count, 'other'))} of lower confidence: see the table.`,
    blinks: (count) =>
      `${sentence(counted(count, 'blink'))} ${count === 1 ? 'was' : 'were'} detected and excluded.`,
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
    face: (moment, frame) => `The face at the ${moment}, frame ${frame}.`,
    flow: 'Optical flow from onset to apex: hue is direction, saturation is displacement',
    flowAlt:
      'Optical flow from onset to apex as color: hue is direction, saturation is displacement.',
    wheel: 'The color of each direction.',
    seen: 'Input of the recognizer: red rightward, green downward, blue strain',
    seenAlt: 'The flow image that the recognizer classified, 28 by 28 pixels, enlarged.',
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
