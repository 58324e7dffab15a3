/**
 * @file The text of a csv or tsv file, in whatever encoding a spreadsheet program left it.
 */
import { isUtf8 } from 'node:buffer';

import { TelltaleError } from '@telltale/core';

/**
 * Decodes UTF-8, UTF-16 (with or without a mark) and GBK, in which Chinese Excel saves csv.
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
  return decode(isUtf8(bytes) ? 'utf-8' : 'gb18030', bytes, path);
}

function decode(encoding: string, bytes: Uint8Array, path: string): string {
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // reported below
  }
  throw new TelltaleError(
    'DATASET_INVALID',
    `${path} is not text in UTF-8, UTF-16 or GBK`,
    'Save it as "CSV UTF-8", or give the xlsx file.',
  );
}
