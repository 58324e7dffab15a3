/** @file Which edition a copy is, how it differs, and which counts have no published number to compare with. */
import { describe, expect, test } from 'vitest';

import type { Annotation, Edition } from './annotation.ts';
import { definitionOf } from './definitions.ts';
import { identifyEdition } from './editions.ts';

/** Annotations of so many clips per emotion, over some subjects. */
function annotations(
  subjects: number,
  emotions: Readonly<Record<string, number>>,
  kind: Annotation['kind'] = 'micro',
): Annotation[] {
  const labels = Object.entries(emotions).flatMap(([name, n]) => Array<string>(n).fill(name));
  return labels.map((emotion, i) => ({
    ...{
      dataset: 'x',
      subject: `s${i % subjects}`,
      clip: `c${i}`,
      folder: '',
      onset: 1,
      offset: 9,
    },
    ...{ framesPerSecond: 100, emotion, actionUnits: [], kind },
  }));
}

const identify = (
  name: string,
  ...all: readonly Annotation[][]
): ReturnType<typeof identifyEdition> => identifyEdition(all.flat(), definitionOf(name).editions);

describe('what is not compared is named', () => {
  test('CAS(ME)^3 C, the sheet with 166 rows: subjects and classes', () => {
    const { differences, uncompared } = identify(
      'casme3c',
      annotations(9, { negative: 100, positive: 66 }),
    );
    expect(differences).toEqual([]);
    expect(uncompared).toEqual(['subjects', 'negative', 'positive']);
  });

  test('CASME: the four classes that papers use are, the others are not', () => {
    const four = { disgust: 44, repression: 38, surprise: 20, tense: 69 };
    const { differences, uncompared } = identify('casme', annotations(19, { ...four, fear: 18 }));
    expect(differences).toEqual([]);
    expect(uncompared).toEqual(['subjects', 'fear']);
  });

  test('CASME II: nothing is left out', () => {
    const whole = { disgust: 63, fear: 2, happiness: 32, others: 99, repression: 27, sadness: 7 };
    const verdict = identify('casme2', annotations(26, { ...whole, surprise: 25 }));
    expect(verdict).toMatchObject({ differences: [], uncompared: [] });
    expect(verdict.edition?.name).toBe('CASME2-coding-20140508');
  });

  test('without editions nothing is compared', () => {
    expect(identify('generic', annotations(1, { constructor: 2 })).uncompared).toEqual([
      ...['clips', 'subjects', 'constructor'],
    ]);
  });
});

const casme2 = { disgust: 63, fear: 2, happiness: 32, others: 99, repression: 27 };
const casme3 = { disgust: 250, fear: 86, others: 161, surprise: 187, anger: 64 };
test.each([
  ['casme2', 26, { ...casme2, sadness: 4, surprise: 28 }, 'CASME2-coding-20190701'],
  ['casme2', 26, { ...casme2, sadness: 7, surprise: 25 }, 'CASME2-coding-20140508'],
  ['casme3', 94, { ...casme3, happiness: 55, sadness: 57 }, 'part A, JpgIndex v2'],
  [
    ...(['casme3', 95] as const),
    { disgust: 275, surprise: 199, others: 166, fear: 91, anger: 67, sadness: 63, happiness: 60 },
    'part A, JpgIndex v1',
  ],
  ['casme3c', 40, { negative: 99, surprise: 30, others: 20, positive: 16 }, 'part_C_ME'],
  [
    ...(['dfme', 259] as const),
    {
      ...{ anger: 241, contempt: 171, disgust: 735, fear: 365 },
      ...{ happiness: 311, sadness: 359, surprise: 447 },
    },
    'CCAC 2024',
  ],
] as const)('%s with %d subjects and %j is %s', (name, subjects, emotions, edition) => {
  const verdict = identify(name, annotations(subjects, emotions));
  expect(verdict).toMatchObject({ edition: { name: edition }, differences: [] });
});

test('CAS(ME)^2: micro-expressions of 14 subjects, each class with its number', () => {
  const micro = annotations(14, { negative: 21, others: 19, surprise: 9, positive: 8 });
  const macro = annotations(22, { negative: 300 }, 'macro');
  expect(identify('casmesq', micro, macro)).toMatchObject({ differences: [], uncompared: [] });
});

test('CASME II: the five classes of the sheet of 2014 are not taken for the numbers of the paper', () => {
  const five = { disgust: 63, happiness: 32, others: 99, repression: 27, surprise: 25 };
  const { edition, differences } = identify('casme2', annotations(26, five));
  expect(edition?.name).toBe('five classes of CASME2-coding-20140508');
  expect(differences).toEqual([]);
});

test('DFME: the names of its seven classes are published, so an eighth is a difference', () => {
  const seven = ['anger', 'contempt', 'disgust', 'fear', 'happiness', 'sadness', 'surprise'];
  const counts = Object.fromEntries(seven.map((name, i) => [name, i === 0 ? 1850 : 1]));
  const right = identify('dfme', annotations(176, counts));
  expect(right.edition?.name).toBe('CCAC 2024, training');
  expect(right).toMatchObject({ differences: [], uncompared: seven });
  const wrong = identify('dfme', annotations(176, { ...counts, anger: 1848, others: 2 }));
  expect(wrong.differences).toEqual([{ what: 'others', found: 2, expected: 0 }]);
  expect(wrong.uncompared).toEqual(seven);
});

test('macro-expressions that no number is published for are named', () => {
  const edition: Edition = { name: 'one', clips: 1, subjects: 1, source: 'a test' };
  const some = [...annotations(1, { fear: 1 }), ...annotations(1, { fear: 2 }, 'macro')];
  expect(identifyEdition(some, [edition]).uncompared).toEqual(['macro-expressions', 'fear']);
});
