/**
 * @file What the help of `telltale` states of each command. It stands apart from the commands, so that the help and a
 * mistake in a command line need none of them.
 */

/** One command in the list of all. */
export interface Summary {
  readonly description: string;
  /** Whether it has options of its own, besides `--help`. */
  readonly hasOptions: boolean;
  /** Its arguments, as the help lists them. */
  readonly arguments: readonly string[];
}

/** The commands that the help lists. */
export type CommandName =
  | 'analyze'
  | 'recognize'
  | 'spot'
  | 'agree'
  | 'convert'
  | 'show'
  | 'open'
  | 'magnify'
  | 'synth'
  | 'dataset'
  | 'pretrain'
  | 'train'
  | 'predict'
  | 'flow'
  | 'evaluate'
  | 'fold'
  | 'calibrate'
  | 'export';

/** All commands, in the order in which the help lists them. */
export const SUMMARIES: Readonly<Record<CommandName, Summary>> = {
  analyze: {
    hasOptions: true,
    arguments: ['<clips...>'],
    description:
      'Find the micro-expressions in a clip of a face: when they occur, what moves, and how a recognizer ' +
      'classifies them. Writes report.json, report.csv and report.html (a single self-contained file). ' +
      'Of many clips, each gets a report in the folder RUN, which also has an index.html and tables of all of them ' +
      '(CSV and XLSX). Interrupt it at any time: the same command does what is missing.',
  },
  recognize: {
    hasOptions: true,
    arguments: ['<clip>'],
    description:
      'Classify the one expression of a clip that is already cut to it, as clips of datasets are: nothing is spotted. ' +
      'Onset and offset are the first and the last frame, and the apex is found, where they are not given. Writes a ' +
      'report of that expression.',
  },
  spot: {
    hasOptions: true,
    arguments: ['[clip]'],
    description:
      'Spot micro-expressions and longer ones without classifying them: of a clip, printed as CSV or JSON with ' +
      'frame numbers and seconds; or of every annotated video of a dataset, one predictions file in RUN. ' +
      'Interrupt it at any time: the same command does what is missing.',
  },
  agree: {
    hasOptions: true,
    arguments: ['<coders...>'],
    description:
      'Compare coders, human or telltale: events that two of them found, how their times differ, and agreement beyond ' +
      'chance in every frame (Cohen, Fleiss, Krippendorff), with bootstrap intervals over clips.',
  },
  convert: {
    hasOptions: true,
    arguments: ['<sources...>'],
    description:
      'Write events to files of other programs: ELAN (.eaf), Praat (.TextGrid), subtitles (.vtt). Each source gets ' +
      'tiers of its own: those of telltale are named telltale, those of coders after their files.',
  },
  show: {
    hasOptions: true,
    arguments: ['<clip>', '<report>'],
    description:
      'Write videos of what was found: annotated.mp4, the clip with the face, the events and the curve of movement ' +
      'in it; and for each event a short clip, plain and magnified. Without sound.',
  },
  open: {
    hasOptions: true,
    arguments: [],
    description:
      'Open the page: drop a clip, see the micro-expressions, correct them by hand. It is served to this ' +
      'computer only, and no clip leaves the browser.',
  },
  magnify: {
    hasOptions: true,
    arguments: ['<clip>'],
    description:
      'Magnify the small movements of a clip (Eulerian video magnification), by default in the frequency band of ' +
      'micro-expressions; or, with --pulse, the color changes of the pulse, whose rate is printed.',
  },
  synth: {
    hasOptions: false,
    arguments: [],
    description:
      'Synthesize clips, and datasets in the layouts of licensed ones, with known movements.',
  },
  dataset: {
    hasOptions: false,
    arguments: [],
    description: 'Check and prepare licensed datasets.',
  },
  pretrain: {
    hasOptions: true,
    arguments: [],
    description:
      'Train a network on faces with strong expressions, as initial weights for "telltale train --from". ' +
      'Every dataset keeps its own labels. Accuracy is reported on held-out faces: no subject and ' +
      'no image is in both parts. An interrupted training resumes from ' +
      'WEIGHTS.checkpoint when the command is repeated.',
  },
  train: {
    hasOptions: true,
    arguments: [],
    description:
      'Train a network on a folder of flow images (samples.csv and square PNG files, 28×28 by default). ' +
      'On one machine, the same command, data and version give bit-identical weights. An interrupted ' +
      'training resumes from WEIGHTS.checkpoint when the command is repeated.',
  },
  predict: {
    hasOptions: true,
    arguments: [],
    description:
      'Run a recognizer on a folder of flow images (samples.csv and 28×28 PNG files; 112×112 for mfdan-faces): emotions, and from 28×28 ' +
      'images action units. ' +
      'UF1 and UAR are printed where the sheet has emotions.',
  },
  flow: {
    hasOptions: true,
    arguments: ['<onset>', '<apex>'],
    description:
      'Compute the optical flow between two images of a face: flow.png (28×28: u, v and optical strain, the input ' +
      'of recognizers), colors.png (direction as hue) and flow.npy (float32 [2, 224, 224]: u and v, in pixels of ' +
      'the aligned face of 224×224).',
  },
  evaluate: {
    hasOptions: false,
    arguments: [],
    description:
      'Measure recognizers, the spotter and the recognition of action units on datasets. "telltale evaluate" without a subcommand is ' +
      '"telltale evaluate recognition".',
  },
  fold: {
    hasOptions: false,
    arguments: [],
    description: 'Folds of a planned evaluation.',
  },
  calibrate: {
    hasOptions: true,
    arguments: [],
    description:
      'Write a copy of weights with a temperature, a threshold below which verdicts are "unsure", and ' +
      'the score, all computed from the predictions of "telltale evaluate" for subjects that were left ' +
      'out. The evaluation must have the recipe, the data and the settings of the weights.',
  },
  export: {
    hasOptions: true,
    arguments: ['<weights>'],
    description:
      'Write a recognizer as a standard ONNX file, for any program that runs ONNX, and beside it ' +
      'model.json, which describes inputs, outputs, the threshold for unsure verdicts and the score.',
  },
};
