/**
 * @file A pipe from a process to be started, read into one buffer.
 *
 * A stream of Node takes a new buffer of 64 kB for every piece. For a video that is gigabytes, and collecting them was a
 * quarter of the work of an analysis in 4K. Only sockets that this process connects itself read into a buffer of its own.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/** The two ends of a pipe. */
export interface InputPipe {
  /** What the process writes to: one of its `stdio`. Destroyed here once it is started. */
  readonly other: Socket;
  /** The next piece, valid until the next call; undefined at the end. */
  next(): Promise<Uint8Array | undefined>;
  /** Whether the program waits for it before it ends. */
  hold(isHeld: boolean): void;
  /** Ends reading. */
  close(): void;
}

/** Bytes that are read at once, at most. */
const PIECE = 2 ** 20;

/** Opens a pipe. */
export async function openPipe(): Promise<InputPipe> {
  const name = `telltale-${process.pid}-${randomUUID().slice(0, 8)}`;
  const server = createServer({ pauseOnConnect: true });
  // On Linux a socket needs a name and not a file.
  server.listen(process.platform === 'linux' ? `\0${name}` : join(tmpdir(), name));
  await once(server, 'listening');
  const state: { piece?: Uint8Array | undefined; isTaken: boolean; isEnded: boolean } = {
    ...{ isTaken: true, isEnded: false },
  };
  let wake = (): void => undefined;
  const socket = connect({
    path: server.address() as string,
    onread: {
      buffer: Buffer.allocUnsafeSlow(PIECE),
      callback(length, buffer) {
        state.piece = buffer.subarray(0, length);
        state.isTaken = false;
        wake();
        return false; // no more until it was taken
      },
    },
  });
  const end = (): void => {
    state.isEnded = true;
    wake();
  };
  socket.on('end', end).on('close', end).on('error', end);
  const [other] = (await once(server, 'connection')) as [Socket];
  server.close();
  return {
    other,
    async next() {
      if (state.isTaken) state.piece = undefined;
      if (state.piece === undefined && !state.isEnded) {
        socket.resume();
        await new Promise<void>((resolve) => (wake = resolve));
      }
      state.isTaken = true;
      return state.piece;
    },
    hold(isHeld) {
      if (isHeld) socket.ref();
      else socket.unref();
    },
    close: () => void socket.destroy(),
  };
}
