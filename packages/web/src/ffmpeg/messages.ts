/** @file Frames as messages, where workers share no memory: the reading side of what the FFmpeg worker sends. */
import type { PartEnd, RunEnd } from './protocol.ts';

/** Bytes that came as messages, in order. */
export interface MessageQueue {
  /** Takes a message of the worker. */
  take(data: Uint8Array | PartEnd | RunEnd): void;
  /** Reads so many bytes, waiting for them; false where they end before. */
  read(into: Uint8Array): Promise<boolean>;
}

/**
 * Opens a queue.
 *
 * @param goOn - called where a part has been read and the clip has not ended
 */
export function openMessages(goOn: () => void): MessageQueue {
  const parts: Uint8Array[] = [];
  let [isPaused, isEnded] = [false, false];
  let wake: (() => void) | undefined;
  return {
    take(data) {
      if (data instanceof Uint8Array) parts.push(data);
      else if ('isPaused' in data) isPaused = true;
      else isEnded = true;
      wake?.();
    },
    async read(into) {
      let filled = 0;
      while (filled < into.length) {
        const [part] = parts;
        if (part !== undefined) {
          const bytes = Math.min(part.length, into.length - filled);
          into.set(part.subarray(0, bytes), filled);
          filled += bytes;
          if (bytes === part.length) parts.shift();
          else parts[0] = part.subarray(bytes);
          continue;
        }
        if (isEnded) return false;
        if (isPaused) {
          isPaused = false;
          goOn();
        }
        await new Promise<void>((resolve) => (wake = resolve));
      }
      return true;
    },
  };
}
