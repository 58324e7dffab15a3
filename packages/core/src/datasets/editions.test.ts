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
  test('CAS(ME)^2: subjects and classes', () => {
    const { differences, uncompared } = identify(
      'casmesq',
      annotations(9, { negative: 30, positive: 27 }),
      annotations(9, { negative: 300 }, 'macro'),
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
