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

async function handle(request: Request): Promise<void> {
  const mesh = await opening;
  if (request.kind === 'run') {
    const outputs = await mesh.run(request.input);
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
