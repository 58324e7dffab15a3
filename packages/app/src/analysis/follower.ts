/**
 * @file Movement is measured in a worker of its own, while the next face is found. The page starts it and lends it to the
 * worker that analyzes: a worker that starts another sometimes never comes back in Firefox (`@telltale/web/ffmpeg`).
 */
import { openRemoteFollower, type FollowerReply, type OpenFollower } from '@telltale/core/spot';

/** Requests to the worker that measures. */
export interface FollowerRequests {
  /** @param followers - on which a port comes for each clip */
  lend: { readonly ask: { readonly followers: MessagePort }; readonly answer: true };
}

/** In the worker that analyzes: opens a follower in the worker that was lent. The page notices where that one ends. */
export function followersOf(lent: MessagePort): OpenFollower {
  return () => {
    const { port1: here, port2: there } = new MessageChannel();
    const follower = openRemoteFollower((request, transfer) => here.postMessage(request, transfer));
    here.onmessage = ({ data }: MessageEvent<FollowerReply>) => follower.take(data);
    lent.postMessage(there, [there]);
    return { ...follower, close: () => here.close() };
  };
}
