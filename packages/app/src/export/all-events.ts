/** @file Every event in one archive: a clip and a figure each. Stored, not compressed: videos are that already. */
import { Zip, ZipPassThrough } from 'fflate';

/** One event, and how its files are made. */
export interface EventFiles {
  /** As the list of events counts it. */
  readonly number: number;
  /** An mp4. */
  readonly clip: () => Promise<Blob>;
  /** An SVG. */
  readonly figure: () => string;
}

/** Options of {@link allEvents}. */
export interface AllEventsOptions {
  /** Name of the video, without its ending. */
  readonly name: string;
  /** Stops after the clip that is being made. */
  readonly signal: AbortSignal;
  /** Called before each event and after the last. */
  readonly onProgress: (done: number) => void;
}

/**
 * Makes the files of all events, one after another, and puts them into one archive, because browsers ask before a page
 * saves many files.
 *
 * @throws what a clip throws, and the reason of the signal
 */
export async function allEvents(
  events: readonly EventFiles[],
  { name, signal, onProgress }: AllEventsOptions,
): Promise<Blob> {
  // Blobs, which browsers keep on the disk where they are large.
  const parts: Blob[] = [];
  const zip = new Zip((error, chunk) => {
    if (error !== null) throw error;
    parts.push(new Blob([chunk]));
  });
  const add = (file: string, bytes: Uint8Array): void => {
    const entry = new ZipPassThrough(file);
    zip.add(entry);
    entry.push(bytes, true);
  };
  for (const [done, { number, clip, figure }] of events.entries()) {
    signal.throwIfAborted();
    onProgress(done);
    const digits = String(number).padStart(String(events.at(-1)?.number ?? 0).length, '0');
    add(`${name}.event-${digits}.mp4`, new Uint8Array(await (await clip()).arrayBuffer()));
    add(`${name}.event-${digits}.svg`, new TextEncoder().encode(figure()));
  }
  signal.throwIfAborted();
  onProgress(events.length);
  zip.end();
  return new Blob(parts, { type: 'application/zip' });
}
