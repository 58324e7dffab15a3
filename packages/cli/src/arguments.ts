/**
 * @file Parses numbers on the command line, strictly.
 *
 * `--epochs 1e9x` and `--epochs -3` are errors; nothing is rounded or guessed.
 */
import { InvalidArgumentError } from '@commander-js/extra-typings';

/** An integer from 1. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError('It must be an integer from 1.');
  }
  return value;
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
