/**
 * @file In which encoding of East Asia a text is that is not UTF-8: GBK, Big5, Shift-JIS or EUC-JP, or in Latin-1.
 *
 * All of them write a character as two bytes of overlapping ranges. What distinguishes them is which pairs occur: each
 * keeps its frequent characters in rows of their own, and text in another encoding falls outside of these.
 *
 * @see GB 2312-1980, rows 1 to 9 and 16 to 55; Big5 (1984), level 1; JIS X 0208, rows 1 to 5 and 16 to 47
 */

/** Encodings that are guessed, as `TextDecoder` and readers name them. */
export const GUESSED = {
  gb18030: 'GBK',
  big5: 'Big5',
  shift_jis: 'Shift-JIS',
  'euc-jp': 'EUC-JP',
  latin: 'Latin-1',
} as const;

/** An encoding that is guessed. */
export type Guess = keyof typeof GUESSED;

interface Scheme {
  readonly isFirst: (byte: number) => boolean;
  readonly isSecond: (byte: number) => boolean;
  /** Whether a pair is one of the frequent characters, or of punctuation. */
  readonly isFrequent: (first: number, second: number) => boolean;
  /** Single bytes that are characters of their own. */
  readonly isSingle?: (byte: number) => boolean;
}

const within = (byte: number, from: number, to: number): boolean => byte >= from && byte <= to;

const SCHEMES: Readonly<Record<'gb18030' | 'big5' | 'shift_jis', Scheme>> = {
  gb18030: {
    isFirst: (byte) => within(byte, 0x81, 0xfe),
    // Digits are second bytes of characters of four.
    isSecond: (byte) => within(byte, 0x30, 0x39) || (within(byte, 0x40, 0xfe) && byte !== 0x7f),
    isFrequent: (first, second) =>
      second >= 0xa1 && (within(first, 0xa1, 0xa9) || within(first, 0xb0, 0xd7)),
  },
  big5: {
    isFirst: (byte) => within(byte, 0x81, 0xfe),
    isSecond: (byte) => within(byte, 0x40, 0x7e) || within(byte, 0xa1, 0xfe),
    isFrequent: (first) => within(first, 0xa1, 0xc6),
  },
  shift_jis: {
    isFirst: (byte) => within(byte, 0x81, 0x9f) || within(byte, 0xe0, 0xfc),
    isSecond: (byte) => within(byte, 0x40, 0xfc) && byte !== 0x7f,
    isFrequent: (first) => within(first, 0x81, 0x84) || within(first, 0x88, 0x98),
    // Katakana of half the width.
    isSingle: (byte) => within(byte, 0xa1, 0xdf),
  },
};

interface Score {
  /** Part of what is not ASCII that is frequent, 0 to 1. */
  readonly frequent: number;
  /** Pairs of kana: first bytes 0x82 and 0x83 of Shift-JIS, rows 4 and 5 of the others. */
  readonly kana: number;
  /** Part of the pairs whose second byte is not ASCII. */
  readonly high: number;
}

/** How well text fits an encoding. */
function scoreOf(bytes: Uint8Array, { isFirst, isSecond, isFrequent, isSingle }: Scheme): Score {
  let [frequent, other, kana, pairs, high] = [0, 0, 0, 0, 0];
  for (let i = 0; i < bytes.length; i++) {
    const [first, second = 0] = [bytes[i]!, bytes[i + 1]];
    if (first < 0x80) continue;
    if (isSingle?.(first) === true) {
      other += 1;
      continue;
    }
    const isPair = isFirst(first) && isSecond(second);
    if (isPair && isFrequent(first, second)) frequent += 1;
    else other += 1;
    if (isPair) {
      i += 1;
      pairs += 1;
      if (second >= 0x80) high += 1;
      const isKana = isSingle === undefined ? within(first, 0xa4, 0xa5) && second >= 0xa1 : within(first, 0x82, 0x83); // prettier-ignore
      if (isKana) kana += 1;
    }
  }
  return {
    frequent: frequent / Math.max(1, frequent + other),
    kana,
    high: high / Math.max(1, pairs),
  };
}

/**
 * The encoding of bytes that are not UTF-8.
 *
 * Latin-1 has single accents between ASCII letters, so that less than half of the pairs are frequent in any of the
 * others. Where Chinese text fits GBK and Big5 alike, as single words may, it is taken for GBK.
 */
export function guessEncoding(bytes: Uint8Array): Guess {
  const gbk = scoreOf(bytes, SCHEMES.gb18030);
  const traditional = scoreOf(bytes, SCHEMES.big5);
  // Six of ten second bytes are not ASCII; in Latin-1 few are, as in “Ärger”, “°C” and “µm”.
  const big5 = traditional.high >= 0.3 ? traditional : { ...traditional, frequent: 0 };
  const japanese = scoreOf(bytes, SCHEMES.shift_jis);
  if (japanese.kana > 0 && japanese.frequent > Math.max(0.8, gbk.frequent, big5.frequent)) {
    return 'shift_jis';
  }
  if (Math.max(gbk.frequent, big5.frequent) <= 0.5) return 'latin';
  // The kana of EUC-JP are in the rows that GB 2312 has for them, too, and no Chinese text has any.
  if (gbk.kana > 0 && gbk.frequent >= big5.frequent) return 'euc-jp';
  return big5.frequent > gbk.frequent ? 'big5' : 'gb18030';
}
