/** @file The worker that finds landmarks for the one that analyzes. */
import type { FaceNetwork } from '@telltale/core/face';
import { openMesh } from '@telltale/web/models';

import { PageError, problemOf } from '../session/problem.ts';
import { serveRequests } from '../session/rpc.ts';
import type { MeshMessage, MeshReply, MeshRequests } from './mesh.ts';

let mesh: FaceNetwork | undefined;
let before: Promise<void> = Promise.resolve();

serveRequests<MeshRequests>({
  lend({ faces }) {
    faces.onmessage = ({ data }: MessageEvent<MeshMessage>) => {
      before = before.then(async () => faces.postMessage(await replyTo(data)));
    };
    return Promise.resolve({ value: true });
  },
});

async function replyTo(message: MeshMessage): Promise<MeshReply> {
  try {
    if ('input' in message) {
      if (mesh === undefined) throw new PageError('CANCELED');
      return { outputs: await mesh.run(message.input) };
    }
    mesh ??= await openMesh();
    return { outputs: undefined };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}
