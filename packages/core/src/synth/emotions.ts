/**
 * @file Action units of each emotion, from which synthetic samples are drawn.
 *
 * The combinations are those of Ekman and Friesen 1983, "EMFACS-7", as the micro-expression datasets
 * code them: Yan et al. 2014, "CASME II: An Improved Spontaneous Micro-Expression Database", PLoS ONE 9(1),
 * table of criteria; Davison et al. 2018, "SAMM: A Spontaneous Micro-Facial Movement Dataset", IEEE TAFFC 9(1);
 * Davison, Merghani and Yap 2018, "Objective Classes for Micro-Facial Expression Recognition",
 * J. Imaging 4(10), table 2. The weights are ours: single units and pairs are frequent, full prototypes are rare.
 */
import { TelltaleError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import type { ActiveUnit } from './muscles.ts';

/** What a synthetic sample can show. */
export const SYNTHETIC_EMOTIONS = [
  'happiness',
  'disgust',
  'repression',
  'surprise',
  'anger',
  'contempt',
  'fear',
  'sadness',
  'others',
] as const;
/** One of {@link SYNTHETIC_EMOTIONS}. */
export type SyntheticEmotion = (typeof SYNTHETIC_EMOTIONS)[number];

/** Combinations as coders write them, and how often each is drawn against the others of its emotion. */
export const COMBINATIONS: Readonly<
  Record<SyntheticEmotion, readonly (readonly [string, number])[]>
> = {
  happiness: [
    ...([
      ['12', 8],
      ['6+12', 7],
      ['L12', 2],
      ['R12', 2],
      ['6', 1],
      ['12+25', 2],
    ] as const),
    ...([
      ['7+12', 2],
      ['6+7+12', 1],
      ['12+14', 1],
      ['6+12+25', 1],
    ] as const),
  ],
  disgust: [
    ...([
      ['4+7', 12],
      ['4', 6],
      ['4+9', 5],
      ['9', 4],
      ['10', 4],
      ['4+10', 2],
    ] as const),
    ...([
      ['4+7+9', 3],
      ['7+9', 2],
      ['4+7+10', 2],
      ['7+10', 1],
      ['4+6+7', 2],
      ['9+17', 1],
    ] as const),
    ...([
      ['4+5', 1],
      ['7', 3],
      ['L10', 1],
      ['4+6+7+9', 1],
    ] as const),
  ],
  repression: [
    ...([
      ['17', 6],
      ['15', 5],
      ['15+17', 3],
      ['14', 4],
      ['12+15', 2],
      ['12+17', 2],
    ] as const),
    ...([
      ['14+17', 2],
      ['24', 2],
      ['17+24', 2],
      ['7+12', 1],
      ['L14', 1],
    ] as const),
  ],
  surprise: [
    ...([
      ['1+2', 14],
      ['1', 2],
      ['2', 3],
      ['L2', 2],
      ['R2', 1],
      ['1+2+5', 3],
    ] as const),
    ...([
      ['5', 2],
      ['1+2+25', 2],
      ['25+26', 1],
      ['1+2+5+26', 1],
      ['25', 1],
    ] as const),
  ],
  anger: [
    ...([
      ['4', 6],
      ['4+7', 8],
      ['7', 5],
      ['23', 3],
      ['4+5+7', 2],
      ['4+7+23', 2],
    ] as const),
    ...([
      ['17+24', 2],
      ['4+6+7', 1],
      ['4+38', 1],
      ['24', 1],
    ] as const),
  ],
  contempt: [
    ...([
      ['L14', 4],
      ['R14', 4],
      ['14', 3],
      ['L12+L14', 2],
      ['R12+R14', 2],
      ['R10', 1],
    ] as const),
  ],
  fear: [
    ...([
      ['20', 2],
      ['1+2+4', 3],
      ['1+2+4+5', 2],
      ['1+4', 2],
      ['7+20+26', 1],
      ['4+5', 1],
    ] as const),
    ...([
      ['20+25', 1],
      ['1+2+4+5+20', 1],
    ] as const),
  ],
  sadness: [
    ...([
      ['1', 2],
      ['1+4', 3],
      ['15', 3],
      ['15+17', 2],
      ['1+4+15', 1],
      ['17', 1],
    ] as const),
  ],
  others: [
    ...([
      ['4', 4],
      ['4+7', 4],
      ['14', 3],
      ['17', 2],
      ['L12', 1],
      ['38', 1],
      ['7', 2],
    ] as const),
    ...([
      ['24', 2],
      ['5', 1],
      ['18', 1],
      ['1+4', 1],
      ['20', 1],
      ['12+15', 1],
    ] as const),
  ],
};

/**
 * The composite protocol's class of each emotion, with the emotion's frequency in its class.
 *
 * The weights follow CASME II (disgust and repression), SAMM (anger, contempt and few others) and SMIC, which
 * does not distinguish emotions.
 *
 * @see See, Yap, Li, Hong and Wang 2019, "MEGC 2019: The Second Facial Micro-Expressions Grand Challenge", FG
 */
export const COMPOSITE: Readonly<
  Record<'negative' | 'positive' | 'surprise', readonly (readonly [SyntheticEmotion, number])[]>
> = {
  negative: [
    ...([
      ['disgust', 10],
      ['repression', 4],
      ['anger', 8],
      ['contempt', 2],
    ] as const),
    ...([
      ['fear', 2],
      ['sadness', 2],
    ] as const),
  ],
  positive: [['happiness', 1]],
  surprise: [['surprise', 1]],
};

/** One of the keys, by weight. */
export function weighted<T>(random: Random, table: readonly (readonly [T, number])[]): T {
  let left = random.uniform() * table.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [value, weight] of table) {
    left -= weight;
    if (left < 0) return value;
  }
  return table.at(-1)![0];
}

/** Whether a word is one of {@link SYNTHETIC_EMOTIONS}. */
function isEmotion(word: string): word is SyntheticEmotion {
  return (SYNTHETIC_EMOTIONS as readonly string[]).includes(word);
}

/**
 * A combination of units for an emotion (`disgust`), a class of the composite (`negative`), or the units themselves
 * (`4+L10`).
 *
 * @throws TelltaleError `OPTION_INVALID` for a word that is none of these
 */
export function drawUnits(random: Random, emotionOrUnits: string): string {
  if (Object.hasOwn(COMPOSITE, emotionOrUnits) && !isEmotion(emotionOrUnits)) {
    const emotions = COMPOSITE[emotionOrUnits as keyof typeof COMPOSITE];
    return weighted(random, COMBINATIONS[weighted(random, emotions)]);
  }
  if (isEmotion(emotionOrUnits)) return weighted(random, COMBINATIONS[emotionOrUnits]);
  parseUnits(emotionOrUnits);
  return emotionOrUnits;
}

/** Units that act most against one side; the pairs of the others differ less between the sides. */
const ONE_SIDED = 0.12;

/** `4+L10` as units with their sides: L is the subject's left, the right of the image. */
export function parseUnits(text: string): ActiveUnit[] {
  return text.split('+').map((part) => {
    const [, side, digits] = /^([LR]?)(\d{1,2})$/.exec(part.trim()) ?? [];
    if (digits === undefined) {
      throw new TelltaleError(
        'OPTION_INVALID',
        `"${text}" is neither an emotion nor a combination of action units`,
        `Give one of negative, positive, ${SYNTHETIC_EMOTIONS.join(', ')}, or units such as 4+7 or L12.`,
      );
    }
    const unit = Number(digits);
    return {
      unit,
      left: side === 'L' ? ONE_SIDED : 1,
      right: side === 'R' ? ONE_SIDED : 1,
    };
  });
}
