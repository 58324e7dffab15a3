/** @file The shape of all text of the figures and the page of a report; each language is an object of it. */
import type { Expression } from '@telltale/core';
import type { ElsewhereScore } from '@telltale/core/recognize';

type Kind = Expression['kind'];

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
    /** Text of the overlay of the recognizer's attention: movement on the left, attention on the right. */
    readonly attention: {
      /** Alternative text. */
      readonly alt: string;
      /** Caption; `share` is what the attention adds to the features of the image, as a formatted percentage of them. */
      readonly caption: (share: string) => string;
    };
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
    /** Behind a unit whose sides cannot be distinguished. */
    readonly sideNotMeasurable: string;
    /** Behind a unit that was learned from synthetic movements alone. */
    readonly syntheticOnly: string;
    /** Explanation below the list where it has such a unit. */
    readonly syntheticHelp: string;
    /** Between a unit, its side and whether it is sure. */
    readonly comma: string;
    /** A verdict with the units that are sure. */
    readonly verdict: (verdict: string, units: string) => string;
    /** Description of the curves over time; `peaks` lists the units with their highest values. */
    readonly curvesLabel: (peaks: string) => string;
    /** Explanation below the curves. */
    readonly curvesHelp: string;
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
    /** Label of the score on subjects of another laboratory. */
    readonly elsewhere: string;
    /** That score. */
    readonly elsewhereOf: (score: ElsewhereScore) => string;
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
