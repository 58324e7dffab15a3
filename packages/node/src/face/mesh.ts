/**
 * @file Finds landmarks in a thread of their own, so that the next faces are cut out meanwhile. The numbers are those of
 * the same network in one thread.
 */
import { TelltaleError, type ErrorCode } from '@telltale/core/errors';
import type { FaceModelOptions, FaceNetwork, NetworkOutputs } from '@telltale/core/face';

import { startThread } from '../threads.ts';
import type { Reply, Request } from './protocol.ts';

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Starts a thread and opens the attention mesh in it. It does not keep a program from ending while it has nothing to do.
 *
 * @throws TelltaleError as `readFaceModelFiles` and `openFaceMesh`
 */
export async function openMeshThread({ threads = 1 }: FaceModelOptions = {}): Promise<FaceNetwork> {
  const worker = startThread('mesh-thread', import.meta.url, { workerData: { threads } });
  const waiting: Waiting[] = [];
  let failure: Error | undefined;
  const settle = (): Waiting | undefined => {
    const one = waiting.shift();
    if (waiting.length === 0) worker.unref();
    return one;
  };
  const end = (error: Error): void => {
    failure ??= error;
    for (let one = settle(); one !== undefined; one = settle()) one.reject(failure);
  };
  worker.on('message', (reply: Reply) => {
    if (reply.kind === 'failed') settle()?.reject(errorOf(reply));
    else settle()?.resolve(reply);
  });
  worker.on('error', end);
  worker.on('exit', (code) => {
    end(new Error(`the thread that finds landmarks ended with status ${code}`));
  });
  const reply = (): Promise<Reply> =>
    new Promise((resolve, reject) => {
      if (failure !== undefined) {
        reject(failure);
        return;
      }
      waiting.push({ resolve, reject });
      worker.ref();
    });
  const ask = (request: Request): Promise<Reply> => {
    const answer = reply();
    if (failure === undefined) worker.postMessage(request);
    return answer;
  };

  await reply(); // opened
  // Listened for from the start: a busy machine may report the last message and the end at once.
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      resolve();
    });
  });
  // Shared, and used again: a message with 442 kB of its own for each face takes longer than all else here.
  const free: Float32Array[] = [];
  return {
    async run(input): Promise<NetworkOutputs> {
      const used = free.pop();
      const shared =
        used?.length === input.length
          ? used
          : new Float32Array(new SharedArrayBuffer(input.byteLength));
      shared.set(input);
      const answer = await ask({ kind: 'run', input: shared });
      free.push(shared);
      return (answer as Extract<Reply, { kind: 'outputs' }>).outputs;
    },
    async close() {
      if (failure !== undefined) return;
      await ask({ kind: 'close' });
      worker.ref();
      await exited;
    },
  };
}

function errorOf({ message, code, hint }: Extract<Reply, { kind: 'failed' }>): Error {
  return code === undefined
    ? new Error(message)
    : new TelltaleError(code as ErrorCode, message, hint ?? '');
}
