/** @file The way of faces from the worker that finds them to the one that measures them. */
import type { LiveFace } from '@telltale/core/spot';

import type { FaceMessage } from './protocol.ts';

/** Passes faces on. */
export interface Handover {
  /** What comes does not continue what was before. @param window - seconds that are kept in sight */
  begin(window: number): void;
  /** Resolves when one more may be given. @param leftOut - frames that were not analyzed so far */
  give(seen: LiveFace, leftOut: number): Promise<void>;
}

/** Faces on the way: more would only be late. */
const WAITING = 8;

/** In the worker that finds faces. */
export function openHandover(port: Pick<MessagePort, 'postMessage' | 'onmessage'>): Handover {
  let waiting = 0;
  let wake: (() => void) | undefined;
  port.onmessage = () => {
    waiting--;
    wake?.();
  };
  const send = (message: FaceMessage, transfer: ArrayBuffer[] = []): void =>
    port.postMessage(message, transfer);
  return {
    begin: (window) => send({ window }),
    async give(seen, leftOut) {
      waiting++;
      const { face } = seen;
      send({ seen, leftOut }, face && [face.image.data.buffer as ArrayBuffer]);
      while (waiting >= WAITING) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}

/** In the worker that measures: takes one message after another, and reports each. */
export function takeOver(
  port: Pick<MessagePort, 'postMessage' | 'onmessage'>,
  take: (message: FaceMessage) => void,
): void {
  port.onmessage = ({ data }: MessageEvent<FaceMessage>) => {
    take(data);
    if ('seen' in data) port.postMessage('done');
  };
}
