/** @file Parses a port on the command line. */
import { InvalidArgumentError } from '@commander-js/extra-typings';

/** An integer from 0 to 65535; 0: any free port. */
export function portNumber(text: string): number {
  const value = Number(text);
  if (!/^\d{1,5}$/.test(text) || value > 65_535) {
    throw new InvalidArgumentError('It must be an integer from 0 to 65535.');
  }
  return value;
}
