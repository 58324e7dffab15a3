/** @file The thread that measures movement: the follower of `@telltale/core`, fed by messages (protocol.ts). */
import { parentPort } from 'node:worker_threads';

import { createTvl1 } from '@telltale/core/motion';
import { createFollower } from '@telltale/core/spot';

import type { Reply, Request } from './protocol.ts';

const port = parentPort!;
const reply = (message: Reply): void => {
  port.postMessage(message);
};

const opened = createTvl1().then(createFollower);
let before: Promise<void> = Promise.resolve();

async function handle(request: Request): Promise<void> {
  const follower = await opened;
  if (request.kind === 'cut') follower.cut();
  else if (request.kind === 'end') reply({ kind: 'stretches', stretches: follower.stretches() });
  else {
    follower.add(request.frame);
    reply({ kind: 'measured' });
  }
}

port.on('message', (request: Request) => {
  before = before
    .then(() => handle(request))
    .catch((error: unknown) => {
      reply({ kind: 'failed', error });
    });
});
