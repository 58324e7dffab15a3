/** @file How an event is cut out of its clip, to be looked at. */

/** Before the onset and after the offset, seconds. */
export const AROUND_EVENT = 0.5;
