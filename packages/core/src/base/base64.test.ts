/** @file Base64 against Node's own. */
import { expect, it } from 'vitest';
import { decodeBase64 } from './base64.ts';

it.each(['', 'a', 'ab', 'abc', 'abcd', '\u0000\u00ff\u00fe?>~'])('decodes base64 of %j', (text) => {
  const bytes = Buffer.from(text, 'latin1');
  expect([...decodeBase64(bytes.toString('base64'))]).toEqual([...bytes]);
});
