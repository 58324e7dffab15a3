/** @file The order of frames, and which are missing, by their names alone. */
import { expect, test } from 'vitest';

import { frameNames } from './frame-names.ts';

const slotsOf = (names: readonly string[]): readonly (string | undefined)[] => frameNames(names).slots; // prettier-ignore

test.each<readonly [string, readonly string[], readonly (string | undefined)[]]>([
  ['natural order', ['img10.jpg', 'img9.jpg', 'IMG8.JPG'], ['IMG8.JPG', 'img9.jpg', 'img10.jpg']],
  ['a missing number', ['1.png', '2.png', '4.png', '5.png'], ['1.png', '2.png', undefined, '4.png', '5.png']], // prettier-ignore
  ['a constant number in front', ['s1_8.png', 's1_9.png', 's1_10.png', 's1_12.png'], ['s1_8.png', 's1_9.png', 's1_10.png', undefined, 's1_12.png']], // prettier-ignore
  ['every second number', ['0.png', '2.png', '4.png', '8.png'], ['0.png', '2.png', '4.png', undefined, '8.png']], // prettier-ignore
  ['times have no step', ['0.png', '33.png', '66.png', '100.png'], ['0.png', '33.png', '66.png', '100.png']], // prettier-ignore
  ['chosen frames have none', ['46.png', '59.png', '86.png'], ['46.png', '59.png', '86.png']],
  ['words', ['onset.png', 'apex.png'], ['apex.png', 'onset.png']],
  ['full-width digits', ['帧９.png', '帧１０.png', '帧１２.png', '帧１１.png'], ['帧９.png', '帧１０.png', '帧１１.png', '帧１２.png']], // prettier-ignore
])('%s', (_, names, slots) => {
  expect(slotsOf(names)).toEqual(slots);
});
