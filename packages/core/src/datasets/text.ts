/**
 * @file The text of a csv or tsv file, in whatever encoding a spreadsheet program left it.
 */
import { TelltaleError } from '../base/errors.ts';
import { GUESSED, guessEncoding } from './encodings.ts';

// Every host has it; the library is compiled without the types of any.
declare const TextDecoder: new (
  encoding: string,
  options: { readonly fatal: boolean },
) => { decode(bytes: Uint8Array): string };

/** Characters that are in no text: a file of another kind is not text in Latin-1. */
const CONTROL = /[\0-\x08\x0E-\x1A\x1C-\x1F]/;

/** A text, and how it was read. */
export interface DecodedText {
  /** Without a byte order mark. */
  readonly text: string;
  /** The encoding, in the words of readers, where nothing in the file states it. */
  readonly guessed?: string;
}

/** Decodes a text as {@link decodedText} does. @throws TelltaleError `DATASET_INVALID` */
export function decodeText(bytes: Uint8Array, path: string): string {
  return decodedText(bytes, path).text;
}

/**
 * Decodes UTF-8, UTF-16 (with or without a mark), GBK and Big5, in which Chinese Excel saves csv, Shift-JIS and EUC-JP,
 * in which Japanese programs do, and Latin-1 (Windows-1252), in which those of western Europe do.
 *
 * @throws TelltaleError `DATASET_INVALID` where it is text in none of them
 */
export function decodedText(bytes: Uint8Array, path: string): DecodedText {
  const wide = wideEncoding(bytes);
  if (wide !== undefined) return { text: decode(wide, bytes, path) };
  // NUL is valid UTF-8 and in no text.
  const text = utf8Of(bytes);
  if (text !== undefined) return { text: plain(text, path) };
  const guess = guessEncoding(bytes);
  const guessed = GUESSED[guess];
  if (guess === 'latin') return { text: decodeLatin(bytes, path), guessed };
  return { text: decode(guess, bytes, path), guessed };
}

/** UTF-16 by its mark, or by its zeros; undefined for others. */
function wideEncoding(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const zeros = [0, 0];
  const looked = bytes.subarray(0, 4096);
  looked.forEach((byte, i) => {
    if (byte === 0) zeros[i % 2]! += 1;
  });
  // ASCII in UTF-16 has a zero in every second byte; single characters of Chinese have one in the other, as 一 (4E00).
  const least = looked.length / 16;
  if (zeros[1]! > least && zeros[1]! > 4 * zeros[0]!) return 'utf-16le';
  if (zeros[0]! > least && zeros[0]! > 4 * zeros[1]!) return 'utf-16be';
  return undefined;
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
    `${path} is not text in UTF-8, UTF-16, GBK, Big5, Shift-JIS or Latin-1`,
    'Save it as "CSV UTF-8", or give the xlsx file.',
  );
}
