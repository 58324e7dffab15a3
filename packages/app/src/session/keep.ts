/**
 * @file What the page keeps in the browser: corrections with the report that they belong to, never the video. IndexedDB,
 * because it takes objects as they are and writes whole or not at all.
 */
import type { Measurement, Review } from '@telltale/core/report';
import type { FaceRegion, Report } from '@telltale/core';

/** The clip of kept corrections; written once. */
export interface KeptClip {
  readonly id: string;
  readonly name: string;
  /** Of the file, see {@link printOf}. */
  readonly print: string;
  readonly report: Report;
  readonly regions: readonly (FaceRegion | null)[];
}

/** Kept corrections; written after each change. */
export interface KeptReview {
  readonly id: string;
  readonly name: string;
  readonly print: string;
  /** When they were last changed, milliseconds since 1970. */
  readonly changed: number;
  readonly coder: string;
  readonly review: Review;
  readonly measurements: readonly Measurement[];
}

const NAME = 'telltale';
const [CLIPS, REVIEWS] = ['clips', 'reviews'];

/** All kept corrections, the latest first; opens no database where there is none. */
export async function keptReviews(): Promise<readonly KeptReview[]> {
  if (!(await exists())) return [];
  return within([REVIEWS], 'readonly', async (transaction) => {
    const all = await done(transaction.objectStore(REVIEWS).getAll() as IDBRequest<KeptReview[]>);
    return all.sort((a, b) => b.changed - a.changed);
  });
}

/** The clip of kept corrections; undefined where it was deleted. */
export function keptClip(id: string): Promise<KeptClip | undefined> {
  return within([CLIPS], 'readonly', (transaction) =>
    done(transaction.objectStore(CLIPS).get(id) as IDBRequest<KeptClip | undefined>),
  );
}

/**
 * Writes corrections; resolves once they are on the disk.
 *
 * @param clip - where it is not written yet
 */
export function keepReview(review: KeptReview, clip?: KeptClip): Promise<void> {
  return within([CLIPS, REVIEWS], 'readwrite', async (transaction) => {
    if (clip !== undefined) await done(transaction.objectStore(CLIPS).put(clip));
    await done(transaction.objectStore(REVIEWS).put(review));
  });
}

/** Deletes the corrections of a clip, and the database with the last of them. */
export async function forgetReview(id: string): Promise<void> {
  if (!(await exists())) return;
  const left = await within([CLIPS, REVIEWS], 'readwrite', async (transaction) => {
    await done(transaction.objectStore(CLIPS).delete(id));
    await done(transaction.objectStore(REVIEWS).delete(id));
    return done(transaction.objectStore(REVIEWS).count());
  });
  if (left === 0) await forgetAll();
}

/** Deletes everything. */
export function forgetAll(): Promise<unknown> {
  return done(indexedDB.deleteDatabase(NAME));
}

/** Bytes at either end of a file that are read to know it again. */
const END = 65_536;

/** A short name of a file's content: its size, and a hash of its ends. */
export async function printOf(file: Blob): Promise<string> {
  const { subtle } = crypto as { readonly subtle?: SubtleCrypto };
  if (subtle === undefined) return String(file.size); // a page without https
  const ends = new Blob([file.slice(0, END), file.slice(Math.max(0, file.size - END))]);
  const hash = new Uint8Array(await subtle.digest('SHA-256', await ends.arrayBuffer()));
  const hex = [...hash.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, '0'));
  return `${file.size}-${hex.join('')}`;
}

/** Looking must not leave a database behind; where the browser lists none, it is opened. */
async function exists(): Promise<boolean> {
  // Firefox before 126 has no such list.
  const { databases } = indexedDB as { readonly databases?: IDBFactory['databases'] };
  const all = await databases?.call(indexedDB).catch(() => undefined);
  return all?.some(({ name }) => name === NAME) ?? true;
}

/** Runs in one transaction; resolves after it was completed. */
async function within<T>(
  stores: readonly string[],
  mode: IDBTransactionMode,
  work: (transaction: IDBTransaction) => Promise<T>,
): Promise<T> {
  const database = await open();
  try {
    const transaction = database.transaction([...stores], mode, { durability: 'strict' });
    const completed = new Promise<void>((resolve, reject) => {
      transaction.addEventListener('complete', () => resolve());
      const fail = (): void =>
        reject(transaction.error ?? new Error('the transaction was aborted'));
      transaction.addEventListener('abort', fail);
      transaction.addEventListener('error', fail);
    });
    const [value] = await Promise.all([work(transaction), completed]);
    return value;
  } finally {
    database.close();
  }
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, 1);
  request.addEventListener('upgradeneeded', () => {
    for (const name of [CLIPS, REVIEWS]) {
      request.result.createObjectStore(name, { keyPath: 'id' });
    }
  });
  return done(request);
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('no storage')));
  });
}
