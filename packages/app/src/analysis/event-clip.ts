/** @file An event as a clip of its own, faces made unrecognizable on request: what `telltale show` writes of it. */
import { hideFaces } from '@telltale/core/face';
import type { Clip, Subjects } from '@telltale/core';
import { framesWithin } from '@telltale/core/video';

import { openEncoder } from './encode.ts';
import { rgbaOf } from './images.ts';

/** Which frames, and how. */
export interface EventClip {
  /** First frame. */
  readonly from: number;
  /** Last frame. */
  readonly to: number;
  /** Frames per second. */
  readonly rate: number;
  /** Everyone in the clip, to hide their faces; undefined to leave them as they are. */
  readonly hidden?: Subjects | undefined;
}

/**
 * Encodes frames as an mp4; times count from the first.
 *
 * @throws PageError `BROWSER_TOO_OLD` where the browser encodes no video
 */
export async function encodeEvent(
  clip: Clip,
  { from, to, rate, hidden }: EventClip,
): Promise<Blob> {
  const { width, height } = clip;
  const encoder = await openEncoder({ width, height, rate });
  let start: number | undefined;
  for await (const frame of framesWithin(clip, [[from, to]])) {
    if (frame.index < from) continue;
    if (frame.index > to) break;
    start ??= frame.time;
    const image = hidden === undefined ? frame : hideFaces(frame, hidden.regionsAt(frame.index));
    const data = new Uint8Array(rgbaOf(image).buffer);
    await encoder.add({ data, format: 'RGBX', time: frame.time - start });
  }
  return encoder.finish();
}
