/**
 * @file Looks into a zip archive before it is unfolded.
 *
 * An xlsx file is a zip archive, and a small archive can decompress to more than a
 * machine holds. Its directory lists the decompressed size of each entry; each entry is
 * then unfolded to no more than that, to see whether the directory lies.
 *
 * PKWARE 2022, "APPNOTE.TXT - .ZIP File Format Specification", sections 4.3.7 to 4.3.16;
 * Fifield 2019, "A better zip bomb", WOOT (entries that share bytes).
 */
import { inflateRawSync } from 'node:zlib';

import { TelltaleError } from '@telltale/core';

/** All entries together, bytes. The largest sheet of the field has 4,206 rows and 0.5 MB. */
export const LARGEST_UNFOLDED: number = 64 * 2 ** 20;
const MOST_ENTRIES = 2000;
const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_ENTRY = 0x04034b50;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  readonly unfolded: number;
  /** Where its local header begins. */
  readonly at: number;
}

/**
 * Refuses an archive that would decompress to too much, or to another size than it declares.
 *
 * @param path - for the message
 * @throws TelltaleError `DATASET_INVALID`
 */
export function assertHonestZip(bytes: Uint8Array, path: string): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const refuse = (why: string): never => {
    throw new TelltaleError(
      'DATASET_INVALID',
      `${path} is not opened: ${why}`,
      'Get the sheet again from where the dataset is published, or save it again as xlsx or csv.',
    );
  };
  try {
    const entries = readDirectory(view, refuse);
    const total = entries.reduce((sum, { unfolded }) => sum + unfolded, 0);
    if (total > LARGEST_UNFOLDED) {
      refuse(
        `its ${showSize(bytes.length)} would decompress to ${showSize(total)}, more than ${showSize(LARGEST_UNFOLDED)}`,
      );
    }
    let end = 0;
    for (const entry of [...entries].sort((a, b) => a.at - b.at)) {
      if (entry.at < end) refuse(`the entry "${entry.name}" shares bytes with another`);
      const from = dataOf(view, entry, refuse);
      end = from + entry.packed;
      if (end > bytes.length) refuse(`the entry "${entry.name}" is cut off`);
      assertUnfolds(bytes.subarray(from, end), entry, refuse);
    }
  } catch (error) {
    if (error instanceof RangeError) refuse('its directory is damaged');
    throw error;
  }
}

type Refuse = (why: string) => never;

function readDirectory(view: DataView, refuse: Refuse): Entry[] {
  let end = view.byteLength - 22;
  while (end >= 0 && view.getUint32(end, true) !== END_OF_DIRECTORY) end -= 1;
  if (end < 0) return refuse('it is cut off: a zip archive without a directory');
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count > MOST_ENTRIES || at === 0xffffffff) {
    return refuse(`it has ${count} entries, more than ${MOST_ENTRIES}`);
  }
  return Array.from({ length: count }, () => {
    if (view.getUint32(at, true) !== DIRECTORY_ENTRY) return refuse('its directory is damaged');
    const nameLength = view.getUint16(at + 28, true);
    const name = new Uint8Array(view.buffer, view.byteOffset + at + 46, nameLength);
    const entry = {
      name: new TextDecoder().decode(name),
      method: view.getUint16(at + 10, true),
      packed: view.getUint32(at + 20, true),
      unfolded: view.getUint32(at + 24, true),
      at: view.getUint32(at + 42, true),
    };
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    return entry;
  });
}

/** Where the bytes of an entry begin; its local header must agree with the directory. */
function dataOf(view: DataView, { name, at, packed, unfolded }: Entry, refuse: Refuse): number {
  if (view.getUint32(at, true) !== LOCAL_ENTRY)
    refuse(`the entry "${name}" is not where it should be`);
  const sizesFollow = (view.getUint16(at + 6, true) & 8) !== 0;
  const sizes = [view.getUint32(at + 18, true), view.getUint32(at + 22, true)];
  if (!sizesFollow && (sizes[0] !== packed || sizes[1] !== unfolded)) {
    refuse(`the entry "${name}" has two sizes`);
  }
  return at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
}

function assertUnfolds(
  packed: Uint8Array,
  { name, method, unfolded }: Entry,
  refuse: Refuse,
): void {
  let length = packed.length;
  if (method === 8) {
    try {
      length = inflateRawSync(packed, { maxOutputLength: Math.max(unfolded, 1) }).length;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      refuse(
        code === 'ERR_BUFFER_TOO_LARGE'
          ? `the entry "${name}" declares ${showSize(unfolded)} and has more`
          : `the entry "${name}" is damaged`,
      );
    }
  } else if (method !== 0) {
    refuse(`the entry "${name}" is packed in a way that Excel does not use (${method})`);
  }
  if (length !== unfolded)
    refuse(`the entry "${name}" declares ${unfolded} bytes and has ${length}`);
}

function showSize(bytes: number): string {
  return bytes < 2 ** 20 ? `${Math.ceil(bytes / 1024)} KB` : `${Math.round(bytes / 2 ** 20)} MB`;
}
