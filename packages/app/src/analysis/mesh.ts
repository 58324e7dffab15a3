/**
 * @file Landmarks are found in a worker of their own, while the next faces are cut out. The page starts it and lends it to
 * the worker that analyzes, like the one that measures movement (follower.ts).
 */
import type { FaceNetwork, NetworkOutputs } from '@telltale/core/face';

import { PageError } from '../session/problem.ts';
import type { Problem } from '../session/protocol.ts';

/** Requests to the worker that finds landmarks. */
export interface MeshRequests {
  /** @param faces - on which faces come */
  lend: { readonly ask: { readonly faces: MessagePort }; readonly answer: true };
}

/** To that worker: the network is to be opened; or a face. */
export type MeshMessage = { readonly opens: true } | { readonly input: Float32Array<ArrayBuffer> };

/** From it, one for each, in their order. */
export type MeshReply =
  { readonly outputs: NetworkOutputs | undefined } | { readonly problem: Problem };

interface Waiting {
  readonly resolve: (outputs: NetworkOutputs | undefined) => void;
  readonly reject: (error: Error) => void;
}

/** In the worker that analyzes: opens the attention mesh in the worker that was lent. The page notices where that one ends. */
export async function openLentMesh(lent: MessagePort): Promise<FaceNetwork> {
  const waiting: Waiting[] = [];
  lent.onmessage = ({ data }: MessageEvent<MeshReply>) => {
    const one = waiting.shift()!;
    if ('outputs' in data) one.resolve(data.outputs);
    else {
      const { code, values, message } = data.problem;
      one.reject(new PageError(code, values, { cause: new Error(message) }));
    }
  };
  const ask = (message: MeshMessage, transfer: ArrayBuffer[] = []) =>
    new Promise<NetworkOutputs | undefined>((resolve, reject) => {
      waiting.push({ resolve, reject });
      lent.postMessage(message, transfer);
    });
  await ask({ opens: true });
  return {
    async run(face) {
      // What is transferred is gone here.
      const input = face.slice();
      return (await ask({ input }, [input.buffer]))!;
    },
    close: () => Promise.resolve(), // with the worker
  };
}
