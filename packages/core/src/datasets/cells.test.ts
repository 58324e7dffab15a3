/** @file Emotions in one spelling and frame numbers in whole frames, whatever a cell holds. */
import { expect, test } from 'vitest';

import { cleanEmotion, roundedNumber } from './cells.ts';

test.each([
  [' Happy ', 'happiness'],
  ['Suprise', 'surprise'],
  ['Other', 'others'],
  ['ｄｉｓｇｕｓｔ', 'disgust'],
  ['constructor', 'constructor'],
  ['toString', 'tostring'],
  ['__proto__', '__proto__'],
  ['', ''],
])('%j is %j', (cell, emotion) => {
  expect(cleanEmotion(cell)).toBe(emotion);
});

test('a dataset adds spellings of its own', () => {
  expect(cleanEmotion('joy', { joy: 'happiness' })).toBe('happiness');
  expect(cleanEmotion('Supprise', { surprise: 'positive surprise' })).toBe('positive surprise');
});

test.each([
  ['10.4', 10],
  ['20.2', 20],
  ['20.5', 21],
  ['10.4999999999999', 10],
  ['10.499999999999998', 11],
  ['-0.4', 0],
  ['-0.5', -1],
  ['46.0', 46],
  ['7', 7],
  ['/', undefined],
  ['', undefined],
  ['1.2.3', undefined],
  ['10.4 s', undefined],
])('%j is displayed as %j', (cell, number) => {
  expect(roundedNumber(cell)).toBe(number);
});
