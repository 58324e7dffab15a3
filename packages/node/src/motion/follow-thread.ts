/** @file The thread that measures movement: the follower of `@telltale/core`, fed by messages. */
import { parentPort } from 'node:worker_threads';

import { createTvl1 } from '@telltale/core/motion';
import { serveFollower } from '@telltale/core/spot';

const port = parentPort!;
port.on(
  'message',
  serveFollower(createTvl1(), (reply) => port.postMessage(reply)),
);
