/**
 * @file The text of a csv or tsv file, in whatever encoding a spreadsheet program left it.
 */
import { TelltaleError } from '../base/errors.ts';

// Every host has it; the library is compiled without the types of any.
declare const TextDecoder: new (
  encoding: string,
  options: { readonly fatal: boolean },
) => { decode(bytes: Uint8Array): string };

/** Characters that are in no text: a file of another kind is not text in Latin-1. */
const CONTROL = /[\0-\x08\x0E-\x1A\x1C-\x1F]/;

/**
 * Decodes UTF-8, UTF-16 (with or without a mark), GBK, in which Chinese Excel saves csv, and Latin-1
 * (Windows-1252), in which that of western Europe does.
 *
 * @throws TelltaleError `DATASET_INVALID` where it is text in none of them
 */
export function decodeText(bytes: Uint8Array, path: string): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decode('utf-16le', bytes, path);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decode('utf-16be', bytes, path);
  const zeros = [0, 0];
  const looked = bytes.subarray(0, 4096);
  looked.forEach((byte, i) => {
    if (byte === 0) zeros[i % 2]! += 1;
  });
  // Latin text in UTF-16 has a zero in every second byte, and in no other.
  const half = looked.length / 8;
  if (zeros[1]! > half && zeros[0] === 0) return decode('utf-16le', bytes, path);
  if (zeros[0]! > half && zeros[1] === 0) return decode('utf-16be', bytes, path);
  // NUL is valid UTF-8 and in no text.
  const text = utf8Of(bytes);
  if (text !== undefined) return plain(text, path);
  return isChinese(bytes) ? decode('gb18030', bytes, path) : decodeLatin(bytes, path);
}

/** Characters of the bytes 0x80 to 0x9F. `TextDecoder` of some releases of Node decodes them as Latin-1 does. */
const WINDOWS = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ';

function decodeLatin(bytes: Uint8Array, path: string): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 0x8000) {
    parts.push(String.fromCharCode(...bytes.subarray(i, i + 0x8000)));
  }
  const shown = parts
    .join('')
    .replaceAll(/[\u0080-\u009F]/g, (one) => WINDOWS[one.charCodeAt(0) - 0x80]!);
  return plain(shown, path);
}

/** Undefined where it is none; a byte order mark is taken away. */
function utf8Of(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Whether bytes that are not UTF-8 are GBK, and not Latin-1.
 *
 * Latin-1 has single accents between ASCII letters; GBK has pairs, mostly of the 3,755 frequent characters, whose first
 * byte is 0xB0 to 0xD7, or of its punctuation, 0xA1 to 0xA9. (GB 2312-1980, rows 1 to 9 and 16 to 55.)
 */
function isChinese(bytes: Uint8Array): boolean {
  let [frequent, other] = [0, 0];
  for (let i = 0; i < bytes.length; i++) {
    const [first, second = 0] = [bytes[i]!, bytes[i + 1]];
    if (first < 0x80) continue;
    const isPair = second >= 0xa1 && second <= 0xfe;
    const isFrequent = (first >= 0xa1 && first <= 0xa9) || (first >= 0xb0 && first <= 0xd7);
    if (isPair && isFrequent) frequent += 1;
    else other += 1;
    if (isPair || (first >= 0x81 && second >= 0x30)) i += 1;
  }
  return frequent > other;
}

function decode(encoding: string, bytes: Uint8Array, path: string): string {
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return plain(text, path);
  } catch (error) {
    if (error instanceof TelltaleError) throw error;
    throw notText(path);
  }
}

function plain(text: string, path: string): string {
  if (CONTROL.test(text)) throw notText(path);
  return text;
}

function notText(path: string): TelltaleError {
  return new TelltaleError(
    'DATASET_INVALID',
    `${path} is not text in UTF-8, UTF-16, GBK or Latin-1`,
    'Save it as "CSV UTF-8", or give the xlsx file.',
  );
}
