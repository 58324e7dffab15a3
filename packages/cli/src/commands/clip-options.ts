/** @file Options of the commands that look at a clip: which part of it, how it is turned. */
import { Option } from '@commander-js/extra-typings';

import {
  faceChoice,
  momentOfClip,
  oneFace,
  quarterTurns,
  sensitivityFactor,
} from '../arguments.ts';

/** Start of a part of a clip. @param verb - what is done with the part */
export function fromOption(
  verb = 'analyze',
): Option<'--from <time>', undefined, undefined, number> {
  return new Option('--from <time>', `start of the part to ${verb}: seconds, or 1:20`).argParser(
    momentOfClip,
  );
}

/** End of a part of a clip. @param verb - what is done with the part */
export function toOption(verb = 'analyze'): Option<'--to <time>', undefined, undefined, number> {
  return new Option('--to <time>', `end of the part to ${verb}: seconds, or 1:45`).argParser(
    momentOfClip,
  );
}

/** Turn of the frames, for recordings whose file does not state it. @param what - what is turned */
export function rotateOption(
  what = 'clip',
): Option<'--rotate <degrees>', undefined, undefined, 90 | 180 | 270> {
  return new Option(
    '--rotate <degrees>',
    `turn the ${what} clockwise by 90, 180 or 270 degrees, in addition to what the file requests`,
  ).argParser(quarterTurns);
}

/** Whose face is analyzed. */
export function faceOption(): Option<
  '--face <choice>',
  undefined,
  undefined,
  'largest' | 'left' | 'right' | 'all' | number
> {
  return new Option(
    '--face <choice>',
    'of several subjects: largest, left, right, a number as in faces.jpg, or all (default: largest)',
  ).argParser(faceChoice);
}

/** Whose face is looked at, where it must be one. */
export function oneFaceOption(): Option<
  '--face <choice>',
  undefined,
  undefined,
  'largest' | 'left' | 'right' | number
> {
  return new Option(
    '--face <choice>',
    'of several subjects: largest, left, right, or a number, 1 the largest (default: largest)',
  ).argParser(oneFace);
}

/** How small a movement may be. */
export function sensitivityOption(): Option<
  '--sensitivity <factor>',
  undefined,
  undefined,
  number
> {
  return new Option(
    '--sensitivity <factor>',
    'movements this many times smaller are found: 2 finds half as large ones, and more false ones (default: 1)',
  ).argParser(sensitivityFactor);
}

/** Whether faces are hidden in what is written. */
export function blurOption(): Option<'--blur', undefined, false, boolean> {
  return new Option(
    '--blur',
    'make faces unrecognizable in every image and video that is written',
  ).default(false as const);
}

/** Whether the recognizer's attention is shown. */
export function attentionOption(): Option<'--attention', undefined, false, boolean> {
  return new Option(
    '--attention',
    'also show where the flow drives the attention of the recognizer (--network mfdan, mfdan-faces): ' +
      'attention-1.png for expression 1 and so on, and in report.html',
  ).default(false as const);
}

/** How tables are written. */
export function csvLocaleOption(): Option<
  '--csv-locale <mark>',
  undefined,
  'point',
  'point' | 'comma'
> {
  return new Option(
    '--csv-locale <mark>',
    'decimal mark of CSV tables; comma: with semicolons and a byte order mark, for Excel where it expects them',
  )
    .choices(['point', 'comma'] as const)
    .default('point' as const);
}
