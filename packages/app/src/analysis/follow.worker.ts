/** @file The worker that measures movement for the one that analyzes. */
import { createTvl1, type Tvl1 } from '@telltale/core/motion';
import { serveFollower, type FollowerRequest } from '@telltale/core/spot';

import { serveRequests } from '../session/rpc.ts';
import type { FollowerRequests } from './follower.ts';

let flow: Promise<Tvl1> | undefined;

serveRequests<FollowerRequests>({
  lend({ followers }) {
    followers.onmessage = ({ data: port }: MessageEvent<MessagePort>) => {
      flow ??= createTvl1();
      const take = serveFollower(flow, (reply) => port.postMessage(reply));
      port.onmessage = ({ data }: MessageEvent<FollowerRequest>) => take(data);
    };
    return Promise.resolve({ value: true });
  },
});
