/**
 * @file Parses numbers on the command line, strictly.
 *
 * `--epochs 1e9x` and `--epochs -3` are errors; nothing is rounded or guessed.
 */
import { InvalidArgumentError } from '@commander-js/extra-typings';
import { momentOf } from '@telltale/core/moment';

/** An integer from 1. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError('It must be an integer from 1.');
  }
  return value;
}

/** Every value of an option that may be given several times. */
export function eachOf(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/** A seed: an integer of 32 bits from 0. */
export function seedNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 0xffffffff) {
    throw new InvalidArgumentError('It must be an integer from 0 to 4294967295.');
  }
  return value;
}

/** A number above 0. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError('It must be a number above 0.');
  }
  return value;
}

/** A number from 0. */
export function nonNegativeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new InvalidArgumentError('It must be a number from 0.');
  }
  return value;
}

/** A moment of a clip: seconds (`80`, `80.5`), `1:20`, or `0:01:20.5`; gives seconds. */
export function momentOfClip(text: string): number {
  const seconds = momentOf(text);
  if (seconds === undefined) {
    throw new InvalidArgumentError('It must be seconds, such as 80.5, or minutes and seconds, such as 1:20.'); // prettier-ignore
  }
  return seconds;
}

/** A quarter turn or several, degrees clockwise. */
export function quarterTurns(text: string): 90 | 180 | 270 {
  const value = Number(text);
  if (value === 90 || value === 180 || value === 270) return value;
  throw new InvalidArgumentError('It must be 90, 180 or 270.');
}

/** How sensitive spotting is: a factor from 0.25 to 4. */
export function sensitivityFactor(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0.25 && value <= 4)) {
    throw new InvalidArgumentError('It must be a number from 0.25 to 4; 1 is the default.');
  }
  return value;
}

/** Whose face: `largest`, `left`, `right`, `all`, or a number from 1. */
export function faceChoice(text: string): 'largest' | 'left' | 'right' | 'all' | number {
  const word = text.trim();
  if (word === 'largest' || word === 'left' || word === 'right' || word === 'all') return word;
  if (/^[1-9]\d{0,3}$/.test(word)) return Number(word);
  throw new InvalidArgumentError(
    'It must be largest, left, right, all, or a number of faces.jpg such as 2.',
  );
}

/** As {@link faceChoice}, one face. */
export function oneFace(text: string): 'largest' | 'left' | 'right' | number {
  const choice = text.trim() === 'all' ? undefined : faceChoice(text);
  if (choice === undefined || choice === 'all') {
    throw new InvalidArgumentError('It must be largest, left, right, or a number such as 2.');
  }
  return choice;
}
