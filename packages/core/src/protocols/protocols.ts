/** @file The protocols of the field as data: class maps, lists of clips, published numbers. */
import { TelltaleError } from '../base/errors.ts';
import { classByMap } from './protocol.ts';
import type { ExpectedCounts, Protocol, ProtocolPart } from './protocol.ts';

const NEGATIVE = ['anger', 'contempt', 'disgust', 'fear', 'sadness', 'repression'] as const;
const valence = (negative: readonly string[]): Record<string, string> => ({
  ...Object.fromEntries(negative.map((emotion) => [emotion, 'negative'])),
  ...{ happiness: 'positive', surprise: 'surprise' },
});
const same = (...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, name]));
const three = (negative: number, positive: number, surprise: number): Record<string, number> => ({
  ...{ negative, positive, surprise },
});

const smicHs: ProtocolPart = {
  dataset: 'SMIC-HS',
  name: 'smic',
  classes: same('negative', 'positive', 'surprise'),
  expected: [{ edition: 'SMIC-HS', clips: 164, subjects: 16, classes: three(70, 51, 43) }],
};

const casme2Five = (edition: string, disgust: number, surprise = 25): ExpectedCounts => ({
  edition,
  clips: 158 + disgust + surprise,
  subjects: 26,
  classes: { disgust, happiness: 32, others: 99, repression: 27, surprise },
});

/**
 * Negative, positive or surprise: the classes that all protocols of spotting and recognition share (MEGC 2019;
 * Liong et al. 2023, MEAN).
 *
 * @returns `undefined` for emotions that those protocols leave out
 */
export function classOfThree(emotion: string): string | undefined {
  return classByMap(emotion, valence(NEGATIVE));
}

/** Every protocol that `telltale evaluate` knows. */
export const PROTOCOLS: readonly Protocol[] = [
  { name: 'loso', cut: 'loso', source: 'leave one subject out' },
  { name: 'lodo', cut: 'lodo', source: 'leave one dataset out: Varanka et al. 2023' },
  { name: 'kfold', cut: 'kfold', source: 'k folds of whole subjects' },
  {
    name: 'hde',
    cut: 'hde',
    source: 'holdout database evaluation, MEGC 2018: Yap, See, Hong and Wang 2018, IEEE FG',
  },
  {
    name: 'megc2019',
    cut: 'loso',
    source: 'composite database evaluation, MEGC 2019: See et al. 2019, IEEE FG',
    parts: [
      smicHs,
      {
        dataset: 'CASME II',
        name: 'casme2',
        // Of the negative emotions the official list has these two; it keeps sub05/EP12_03f.
        classes: valence(['disgust', 'repression']),
        omit: ['sub04/EP12_01f', 'sub05/EP09_05f'],
        expected: [
          {
            edition: 'combined_3class_gt.csv',
            clips: 145,
            subjects: 24,
            classes: three(88, 32, 25),
          },
        ],
      },
      {
        dataset: 'SAMM',
        name: 'samm',
        classes: valence(NEGATIVE),
        expected: [
          {
            edition: 'combined_3class_gt.csv',
            clips: 133,
            subjects: 28,
            classes: three(92, 26, 15),
          },
        ],
      },
    ],
  },
  {
    name: 'casme2-5',
    cut: 'loso',
    source: 'five classes of CASME II: Yan et al. 2014; numbers by edition of the sheet',
    parts: [
      {
        dataset: 'CASME II',
        name: 'casme2',
        classes: same('happiness', 'disgust', 'repression', 'surprise', 'others'),
        expected: [
          casme2Five('CASME2-coding-20140508', 63),
          casme2Five('coding sheet with 256 rows', 64),
          casme2Five('CASME2-coding-20190701', 63, 28),
        ],
      },
    ],
  },
  {
    name: 'samm-5',
    cut: 'loso',
    source: 'five classes of SAMM with ten clips or more: Davison et al. 2018',
    parts: [
      {
        dataset: 'SAMM',
        name: 'samm',
        classes: same('anger', 'contempt', 'happiness', 'surprise', 'others'),
        expected: [
          {
            edition: 'SAMM_Micro_FACS_Codes_v2',
            clips: 136,
            subjects: 27,
            classes: { anger: 57, contempt: 12, happiness: 26, others: 26, surprise: 15 },
          },
        ],
      },
    ],
  },
  {
    name: 'smic-3',
    cut: 'loso',
    source: 'three classes of SMIC-HS: Li et al. 2013',
    parts: [smicHs],
  },
  {
    name: 'casme3-4',
    cut: 'loso',
    source: 'four classes of CAS(ME)^3, part A: Li et al. 2023',
    parts: [
      {
        dataset: 'CAS(ME)^3',
        name: 'casme3',
        classes: { ...valence(['anger', 'disgust', 'fear', 'sadness']), others: 'others' },
        expected: [
          {
            edition: 'part A, JpgIndex v2',
            clips: 860,
            subjects: 94,
            classes: { ...three(457, 55, 187), others: 161 },
          },
        ],
      },
    ],
  },
  {
    name: 'dfme-7',
    cut: 'kfold',
    folds: 10,
    source: 'seven classes of DFME, ten folds of whole subjects: Zhao et al. 2024',
    parts: [
      {
        dataset: 'DFME',
        name: 'dfme',
        classes: same('happiness', 'anger', 'contempt', 'disgust', 'fear', 'sadness', 'surprise'),
        expected: [
          { edition: 'DFME, published', clips: 7526, subjects: 656 },
          { edition: 'CCAC 2024', clips: 2629, subjects: 259 },
          { edition: 'CCAC 2024, training', clips: 1856, subjects: 176 },
        ],
      },
    ],
  },
];

/** Names of the protocols, in the order of the help. */
export const PROTOCOL_NAMES: readonly string[] = PROTOCOLS.map(({ name }) => name);

/**
 * A protocol by its name.
 *
 * @throws TelltaleError `OPTION_INVALID`
 */
export function protocolOf(name: string): Protocol {
  const found = PROTOCOLS.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new TelltaleError(
    'OPTION_INVALID',
    `there is no protocol "${name}"`,
    `Choose one of ${PROTOCOL_NAMES.join(', ')}.`,
  );
}
