/** @file A report as text, piece by piece. */
import { describe, expect, it } from 'vitest';
import { jsonPieces } from './json.ts';

const long = Array.from({ length: 25_000 }, (_, i) => (i % 9_999 === 0 ? null : i / 8));
const data = {
  name: 'a, "b" [1,2]',
  empty: [],
  times: long,
  inner: [{ x: [1], y: [null, -2.5] }, 'text', [true, 1], [[1, 2], [3]]],
  absent: undefined,
};

describe('jsonPieces', () => {
  it('is the text of JSON.stringify, of which no piece is long', () => {
    const pieces = [...jsonPieces(data)];
    expect(pieces.join('')).toBe(JSON.stringify(data));
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(120_000);
  });

  it('with an indent has lists of numbers on one line', () => {
    const text = [...jsonPieces(data, { indent: 2 })].join('');
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(data)));
    expect(text).toContain('"y": [ null, -2.5 ]\n');
    expect(text).toContain('"empty": []');
    expect(text.split('\n').find((line) => line.includes('"times"'))).toMatch(/^ {2}"times": \[ null, 0\.125, .*, 3124\.875 \],$/); // prettier-ignore
  });

  it('edits what is around the lists alone', () => {
    const edit = (text: string): string => text.replaceAll('1,', '7 ,');
    expect([...jsonPieces({ a: 1, b: [1, 2] }, { edit })].join('')).toBe('{"a":7 ,"b":[1,2]}');
  });
});
