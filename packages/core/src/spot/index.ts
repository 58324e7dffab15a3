/** @file Entry point of `@telltale/core/spot`: movement of facial regions, spotted in measurements or while a camera runs. */
export { createFollower } from './follow.ts';
export type {
  MotionFrame,
  Follower,
  MotionFollower,
  OpenedFollower,
  OpenFollower,
  FollowOptions,
  MotionSample,
  MotionStretch,
} from './follow.ts';
export { MINIMUM_RATES } from './frame-rate.ts';
export { followLive, spotLive, watchLive } from './live.ts';
export type {
  LiveFace,
  LiveFollower,
  LiveOptions,
  LiveSpotter,
  LiveSpotting,
  LiveTools,
  LiveWatcher,
} from './live.ts';
export { measureMotion } from './measure.ts';
export type { FaceMotion, MeasureOptions, MeasureTools } from './measure.ts';
export { openRemoteFollower, serveFollower } from './remote-follower.ts';
export type { FollowerReply, FollowerRequest, RemoteFollower } from './remote-follower.ts';
export { REGIONS } from './regions.ts';
export type { Region } from './regions.ts';
export { SPOT_DEFAULTS, spotMovements } from './spot.ts';
export type { Movement, SpotOptions, Spotting } from './spot.ts';
