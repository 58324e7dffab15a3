/** @file `@telltale/web/video`: what {@link openClip} is made of, for pages that show the clip as well. */
export { openClip } from './clip.ts';
export type { ClipOptions, ClipSource } from './clip.ts';
export { openPlanes } from './planes.ts';
export type { OpenClip } from './open-clip.ts';
export { hasPlanes, inspectVideo, openTrackClip } from './webcodecs-clip.ts';
export type { InspectedVideo, TrackClip } from './webcodecs-clip.ts';
export { nearestIndex } from './times.ts';
