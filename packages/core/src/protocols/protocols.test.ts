/** @file Protocols against their published numbers, and what is reported where they differ. */
import { describe, expect, test } from 'vitest';

import { TelltaleError } from '../base/errors.ts';
import type { Sample } from '../datasets/sample.ts';
import { applyProtocol } from './protocol.ts';
import type { Applied } from './protocol.ts';
import { PROTOCOLS, protocolOf } from './protocols.ts';

/** Samples of a dataset with so many of each emotion, spread over its subjects. */
function samplesOf(
  dataset: string,
  subjects: number,
  emotions: Readonly<Record<string, number>>,
): Sample[] {
  const labels = Object.entries(emotions).flatMap(([name, n]) =>
    Array.from({ length: n }, () => name),
  );
  return labels.map((emotion, i) => {
    const subject = `${dataset}/sub${String(1 + (i % subjects)).padStart(2, '0')}`;
    const clip = `c${i}`;
    return {
      id: `${subject}/${clip}`,
      dataset,
      subject,
      clip,
      emotion,
      file: `${dataset}${i}.png`,
    };
  });
}

/** CASME II by its sheet of 8 May 2014, over the 24 subjects who show a class of the composite. */
const casme2 = (): Sample[] => [
  ...samplesOf('CASME II', 24, {
    ...{ disgust: 62, repression: 26, happiness: 32, surprise: 25 },
  }),
  ...['sub04/EP12_01f disgust', 'sub05/EP09_05f repression'].map((text): Sample => {
    const [path, emotion] = text.split(' ') as [string, string];
    const [subject, clip] = path.split('/') as [string, string];
    return {
      id: `CASME II/${path}`,
      dataset: 'CASME II',
      subject: `CASME II/${subject}`,
      clip,
      emotion,
      file: path,
    };
  }),
  ...samplesOf('CASME II', 26, { others: 99, sadness: 7, fear: 2 }).map((sample) => ({
    ...sample,
    ...{ id: `${sample.id}x`, clip: `${sample.clip}x`, file: `x${sample.file}` },
  })),
];
const smic = (): Sample[] => samplesOf('SMIC-HS', 16, { negative: 70, positive: 51, surprise: 43 });
/** SAMM: 27 subjects show one of the five classes of ten clips or more, a 28th disgust, fear or sadness. */
const samm = (): Sample[] => [
  ...samplesOf('SAMM', 27, { anger: 57, contempt: 12, happiness: 26, surprise: 15 }),
  ...samplesOf('SAMM', 1, { disgust: 9, fear: 8, sadness: 6 }).map((one) => ({
    ...one,
    ...{ id: `SAMM/sub28/${one.clip}`, subject: 'SAMM/sub28', file: `28${one.file}` },
  })),
  ...samplesOf('SAMM', 27, { others: 26 }).map((one) => ({
    ...one,
    id: `${one.id}x`,
    clip: `${one.clip}x`,
  })),
];

function count({ samples }: Applied, dataset?: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const sample of samples) {
    if (dataset !== undefined && sample.dataset !== dataset) continue;
    counts[sample.emotion!] = (counts[sample.emotion!] ?? 0) + 1;
  }
  return counts;
}

function refusal(name: string, samples: readonly Sample[]): TelltaleError {
  try {
    applyProtocol(protocolOf(name), samples);
  } catch (error) {
    if (error instanceof TelltaleError) return error;
    throw error;
  }
  throw new Error('accepted');
}

test('every protocol has numbers that add up', () => {
  for (const { parts = [], source } of PROTOCOLS) {
    expect(source).not.toBe('');
    for (const { expected, classes } of parts) {
      for (const { clips, classes: counts } of expected) {
        if (counts === undefined) continue;
        expect(Object.values(counts).reduce((a, b) => a + b, 0)).toBe(clips);
        expect(new Set(Object.keys(counts))).toEqual(new Set(Object.values(classes)));
      }
    }
  }
  expect(() => protocolOf('megc2020')).toThrow(/there is no protocol/);
});

describe('megc2019', () => {
  test('is 442 clips of 68 subjects: 250 negative, 109 positive, 83 surprise', () => {
    const applied = applyProtocol(protocolOf('megc2019'), [...smic(), ...casme2(), ...samm()]);
    expect(count(applied)).toEqual({ negative: 250, positive: 109, surprise: 83 });
    expect(count(applied, 'CASME II')).toEqual({ negative: 88, positive: 32, surprise: 25 });
    expect(count(applied, 'SAMM')).toEqual({ negative: 92, positive: 26, surprise: 15 });
    expect(new Set(applied.samples.map(({ subject }) => subject)).size).toBe(68);
    expect(applied.samples.map(({ clip }) => clip)).not.toContain('EP12_01f');
    expect(applied.record).toEqual({
      name: 'megc2019',
      editions: {
        'SMIC-HS': 'SMIC-HS',
        'CASME II': 'combined_3class_gt.csv',
        SAMM: 'combined_3class_gt.csv',
      },
      mismatch: [],
      omitted: 2 + 99 + 9 + 26,
    });
  });

  test('takes a sheet that has the three classes already', () => {
    const three = (
      dataset: string,
      subjects: number,
      n: readonly [number, number, number],
    ): Sample[] => samplesOf(dataset, subjects, { Negative: n[0], positive: n[1], surprise: n[2] });
    const applied = applyProtocol(protocolOf('megc2019'), [
      ...three('SMIC-HS', 16, [70, 51, 43]),
      ...three('CASME II', 24, [88, 32, 25]),
      ...three('SAMM', 28, [92, 26, 15]),
    ]);
    expect(applied.samples).toHaveLength(442);
  });

  test('names the dataset that is missing and the way out', () => {
    const { code, message, hint } = refusal('megc2019', [...smic(), ...casme2()]);
    expect(code).toBe('COUNTS_MISMATCH');
    expect(message).toBe(
      'the data are not those of megc2019: SAMM: none, not 133 clips of 28 subjects (92 negative, 26 positive, 15 surprise)',
    );
    expect(hint).toContain('"telltale dataset prepare samm FOLDER --out DATA"');
    expect(hint).toContain('--allow-count-mismatch');
    const applied = applyProtocol(protocolOf('megc2019'), [...smic(), ...casme2()], {
      allowMismatch: true,
    });
    expect(applied.samples).toHaveLength(309);
    expect(applied.record.mismatch).toEqual([expect.stringContaining('SAMM: none') as string]);
  });

  test('names every number that differs', () => {
    const relabeled = smic().map((one, i) => (i < 3 ? { ...one, emotion: 'positive' } : one));
    expect(
      refusal('megc2019', [...relabeled.slice(0, -1), ...casme2(), ...samm()]).message,
    ).toContain(
      'SMIC-HS: clips 163, not 164; negative 67, not 70; positive 54, not 51; surprise 42, not 43',
    );
  });

  test('negative with fear and sadness, as a public script has it, is noticed', () => {
    const wrong = casme2().map((one) =>
      ['fear', 'sadness'].includes(one.emotion!) ? { ...one, emotion: 'negative' } : one,
    );
    expect(refusal('megc2019', [...smic(), ...wrong, ...samm()]).message).toContain(
      'negative 97, not 88',
    );
  });

  test('data of other datasets alone are refused, whatever is allowed', () => {
    const other = samplesOf('MMEW', 3, { happiness: 9 });
    expect(() => applyProtocol(protocolOf('megc2019'), other, { allowMismatch: true })).toThrow(
      /the data are not those of megc2019/,
    );
  });
});

describe('single datasets', () => {
  test('casme2-5 distinguishes the editions with 246 and 247 clips', () => {
    const five = { others: 99, disgust: 63, happiness: 32, repression: 27, surprise: 25 };
    const apply = (disgust: number): Applied =>
      applyProtocol(
        protocolOf('casme2-5'),
        samplesOf('CASME II', 26, { ...five, disgust, fear: 2 }),
      );
    expect(apply(63).samples).toHaveLength(246);
    expect(apply(63).record.editions).toEqual({ 'CASME II': 'CASME2-coding-20140508' });
    expect(apply(64).samples).toHaveLength(247);
    expect(apply(64).record.editions).toEqual({ 'CASME II': 'coding sheet with 256 rows' });
    expect(() => apply(66)).toThrow(/disgust 66, not 64/);
  });

  test('samm-5, smic-3, casme3-4 and dfme-7', () => {
    expect(count(applyProtocol(protocolOf('samm-5'), samm()))).toEqual({
      ...{ anger: 57, contempt: 12, happiness: 26, others: 26, surprise: 15 },
    });
    expect(applyProtocol(protocolOf('smic-3'), smic()).samples).toHaveLength(164);
    const casme3 = samplesOf('CAS(ME)^3', 94, {
      ...{ anger: 64, disgust: 250, fear: 86, happiness: 55, others: 161, sadness: 57 },
      surprise: 187,
    });
    expect(count(applyProtocol(protocolOf('casme3-4'), casme3))).toEqual({
      ...{ negative: 457, positive: 55, surprise: 187, others: 161 },
    });
    const dfme = samplesOf('DFME', 176, { happiness: 856, fear: 1000 });
    expect(applyProtocol(protocolOf('dfme-7'), dfme).record.editions).toEqual({
      DFME: 'CCAC 2024, training',
    });
  });
});

test('loso, lodo, kfold and hde take everything as it is', () => {
  const samples = samplesOf('mine', 3, { calm: 4, cross: 5 });
  for (const name of ['loso', 'lodo', 'kfold', 'hde']) {
    expect(applyProtocol(protocolOf(name), samples).samples).toBe(samples);
  }
});
