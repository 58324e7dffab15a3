/** @file A port on the command line. */
import { InvalidArgumentError } from '@commander-js/extra-typings';

/** A whole number from 0 to 65535; 0 is any that is free. */
export function portNumber(text: string): number {
  const value = Number(text);
  if (!/^\d{1,5}$/.test(text) || value > 65_535) {
    throw new InvalidArgumentError('It must be a whole number from 0 to 65535.');
  }
  return value;
}
