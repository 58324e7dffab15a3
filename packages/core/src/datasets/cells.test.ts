/** @file Emotions in one spelling, whatever a cell holds. */
import { expect, test } from 'vitest';

import { cleanEmotion } from './cells.ts';

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
