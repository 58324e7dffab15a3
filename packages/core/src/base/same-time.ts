/** @file When two times are one. */

/**
 * Times that are less apart than this are the same, seconds. Decoders state the times of a clip as sums of fractions, as
 * microseconds or rounded to a millisecond; a comparison that two of them answer differently would make two answers of
 * one clip. Less than half a frame at 200 frames per second.
 */
export const SAME_TIME = 0.002;
