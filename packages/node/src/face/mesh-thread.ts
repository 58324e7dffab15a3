/** @file The thread that finds landmarks: the attention mesh of `@telltale/core`, fed by messages (protocol.ts). */
import { parentPort, workerData } from 'node:worker_threads';

import { TelltaleError } from '@telltale/core/errors';
import { openFaceMesh } from '@telltale/core/face';

import { readFaceModelFiles } from '../face-models.ts';
import { loadRuntime } from '../runtime.ts';
import type { Reply, Request } from './protocol.ts';

const port = parentPort!;
const reply = (message: Reply, transfer: ArrayBuffer[] = []): void => {
  port.postMessage(message, transfer);
};

async function openMesh(): ReturnType<typeof openFaceMesh> {
  const { meshAssets } = await readFaceModelFiles();
  const mesh = await openFaceMesh(await loadRuntime(), meshAssets, workerData as { threads: number }); // prettier-ignore
  reply({ kind: 'opened' });
  return mesh;
}

const opening = openMesh();
let before: Promise<unknown> = opening;

/** ONNX Runtime does not take shared memory. */
let own = new Float32Array(0);

async function handle(request: Request): Promise<void> {
  const mesh = await opening;
  if (request.kind === 'run') {
    if (own.length !== request.input.length) own = new Float32Array(request.input.length);
    own.set(request.input);
    const outputs = await mesh.run(own);
    reply({ kind: 'outputs', outputs });
  } else {
    await mesh.close();
    reply({ kind: 'closed' });
    port.close();
  }
}

function fail(error: unknown): void {
  const { code, hint } = error instanceof TelltaleError ? error : {};
  reply({ kind: 'failed', message: error instanceof Error ? error.message : String(error), code, hint }); // prettier-ignore
}

opening.catch((error: unknown) => {
  fail(error);
  port.close();
});
port.on('message', (request: Request) => {
  before = before.then(() => handle(request)).catch(fail);
});
