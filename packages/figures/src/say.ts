/** @file Everything that the figures and the page of a report say, in English. The shape of this object is that of every language. */
import type { Expression } from '@telltale/core';

import { counted, listed, regionWords, sentence, wordsOf } from './words.ts';

type Kind = Expression['kind'];

const kinds: Readonly<Record<Kind | 'expression', string>> = {
  micro: 'micro-expression',
  macro: 'longer expression',
  blink: 'blink',
  expression: 'expression',
};

/** What figures and the report's page say; another language is another object of this shape. */
export interface ReportWords {
  /** Language tag, as in HTML. */
  readonly language: string;
  /** A kind of movement at the start of a line. */
  readonly title: (kind: Kind) => string;
  /** A kind of movement within a line. */
  readonly kind: (kind: Kind) => string;
  /** So many movements of a kind; of any kind with `expression`. */
  readonly count: (kind: Kind | 'expression', count: number) => string;
  /** A moment of a movement, within a line. */
  readonly moment: (name: 'onset' | 'apex' | 'offset') => string;
  /** A class, a verdict or a region. */
  readonly name: (name: string) => string;
  /** Several of anything, as one phrase. */
  readonly list: (items: readonly string[]) => string;
  /** Regions as one phrase; pairs become one. */
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
    readonly told: (one: Told) => readonly [before: string, after: string];
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

/** One movement in a sentence. */
export interface Told {
  readonly kind: Kind;
  readonly duration: string;
  /** Regions that moved most; several when it was most of the face. */
  readonly regions: readonly string[];
  readonly verdict?: string | undefined;
  /** Of the verdict; absent where it is unsure. */
  readonly share?: string | undefined;
}

/** What they say where no other language is given. */
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
    movement: 'movement (% of the distance between the eyes)',
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
      `Movement by region, in percent of the distance between the eyes: ${movements}.`,
    axis: '% of the distance between the eyes',
  },
  page: {
    title: (clip) => `${clip}: telltale report`,
    brand: 'report',
    facts: ({ width, height, frames, rate, duration }) =>
      `${width} × ${height} pixels, ${frames} frames, ${rate} frames a second, ${duration}`,
    movement: 'Movement over time',
    expressions: 'Expressions',
    legend: 'Legend',
    legendHelp: 'Each band goes from onset to offset; the mark is the apex.',
    made: (frames) => [
      `Made by telltale. The whole report, ${counted(frames, 'frame')} of movement included, is embedded in this page as JSON (element `,
      ').',
    ],
  },
  findings: {
    title: 'What was found',
    noFace: 'No face was found in this clip, so nothing was analyzed.',
    found(micro, macro) {
      const was = micro + macro === 1 || (micro === 1 && macro === 0) ? 'was' : 'were';
      if (macro === 0) return `${sentence(counted(micro, kinds.micro))} ${was} found.`;
      const both = listed([counted(micro, kinds.micro), counted(macro, kinds.macro)]);
      return `${sentence(both)} ${was} found.`;
    },
    told({ kind, duration, regions, verdict, share }) {
      const where = regions.length === 0 ? '' : `, most of all in ${english.places(regions)}`;
      const what =
        verdict === undefined
          ? ''
          : share === undefined
            ? ' The recognizer is unsure what it is.'
            : ` The recognizer takes it for ${wordsOf(verdict)} (${share}).`;
      return ['At ', ` a ${kinds[kind]} of ${duration}${where}.${what}`];
    },
    others: (count) =>
      `${sentence(counted(count, 'other'))} that ${count === 1 ? 'stands' : 'stand'} out less: see the table.`,
    blinks: (count) =>
      `${sentence(counted(count, 'blink'))} ${count === 1 ? 'was' : 'were'} recognized and set aside.`,
    gaps: (without, frames) =>
      `In ${counted(without, 'frame')} of ${frames} no face was seen; nothing is said about that time.`,
    doubt: [
      'This is not a lie detector.',
      "A brief movement of the face says nothing about truthfulness or intent, and a class is a model's guess, not a fact.",
    ],
  },
  card: {
    heading: (kind, time) => `${sentence(kinds[kind])} at ${time}`,
    when: 'When',
    where: 'Where',
    what: 'What the recognizer makes of it',
    columns: ['moment', 'time', 'frame'],
    lasts: (duration) =>
      `Lasts ${duration}. Confidence that the face moved here, and not only noise:`,
    face: (moment, frame) => `The face at the ${moment}, frame ${frame}.`,
    flow: 'Motion from onset to apex: hue is direction, strength is distance',
    flowAlt: 'Optical flow from onset to apex as color: hue is direction, strength is distance.',
    wheel: 'The color of each direction.',
    seen: 'What the recognizer sees: red rightward, green downward, blue strain',
    seenAlt: 'The flow image that the recognizer saw, 28 by 28 pixels, enlarged.',
  },
  table: {
    others: 'Other expressions',
    othersHelp: (shown) =>
      `The ${shown} expressions that stand out most are shown above; these are the others.`,
    blinks: 'Blinks',
    blinksHelp:
      'Movements of the eyelids alone. They are recognized so that nobody takes them for expressions.',
    columns: ['number', 'onset', 'apex', 'offset', 'lasts', 'confidence'],
    kind: 'kind',
    taken: 'taken for',
  },
  face: {
    title: 'The face',
    followed: (seen, frames, share) =>
      `Followed in ${seen} of ${counted(frames, 'frame')} (${share}).`,
    faces: (faces) => `Up to ${faces} faces were seen at once; the largest was analyzed.`,
    gaps: 'No face was seen',
    gap: (from, to, [first, last]) => `from ${from} to ${to} (frames ${first} to ${last})`,
  },
  trust: {
    title: 'How far to trust it',
    model: 'The class probabilities come from a model.',
    unsure: (share) => [`Where no class reaches ${share} the verdict is `, 'unsure', '.'],
    none: 'No recognizer was used: this report says when something moved, not what it was.',
    score: 'Score on people it had never seen',
    scoreOf: (score) => score,
    network: 'Network',
    networkOf: (network, config) => `${network}, configuration ${config}`,
    file: 'Brought as',
    classes: 'Classes',
    weights: 'Weights (SHA-256)',
  },
  made: {
    title: 'What made it',
    columns: ['stage', 'version', 'settings'],
    format: 'Format of the data:',
  },
};
