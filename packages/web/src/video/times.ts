/** @file `@telltale/web/times`: looking up frames by their time. */
export { nearestIndex } from '@telltale/core/video';
