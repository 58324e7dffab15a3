/** @file Names of files cannot control a terminal. */
import { PassThrough } from 'node:stream';

import { TelltaleError } from '@telltale/core/errors';
import { expect, test } from 'vitest';

import { makePrintable, printable } from './printable.ts';
import { openProgress, reportError } from './terminal.ts';

const NAME = 'a\u001B[2J\u001B]0;title\u0007b\rc\u009Bd\u202Efdp.mp4';
const SHOWN = String.raw`a\x1B[2J\x1B]0;title\x07b\x0Dc\x9Bd\u202Efdp.mp4`;

test('control characters become escapes; tabs, lines and every script stay', () => {
  expect(printable(NAME)).toBe(SHOWN);
  const plain = 'tab\tline\nüß 顔 👩‍🔬 العربية';
  expect(printable(plain)).toBe(plain);
});

test('a stream that is made printable, and the way around it', () => {
  const stream = new PassThrough();
  const unchanged = makePrintable(stream as unknown as NodeJS.WriteStream);
  stream.write(NAME);
  unchanged('\u001B[31m');
  expect(String(stream.read())).toBe(`${SHOWN}\u001B[31m`);
});

test('errors and progress show a hostile name as text', () => {
  let text = '';
  const stream = { isTTY: true, columns: 200, write: (part: string) => (text += part) };
  reportError(
    new TelltaleError('FILE_MISSING', `there is no file ${NAME}`, `Rename ${NAME}.`),
    stream,
  );
  const progress = openProgress({ stream });
  progress.update(NAME);
  progress.note(NAME);
  expect(text.split(SHOWN)).toHaveLength(5);
  expect(text).not.toContain('\u0007');
});
