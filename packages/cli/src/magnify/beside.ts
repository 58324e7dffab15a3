/** @file Two clips side by side, for comparison. */
import type { Clip, Frame, RgbImage } from '@telltale/core';

/** Frames of two clips of the same size, side by side. */
export async function* sideBySide(left: Clip, right: Clip): AsyncGenerator<Frame> {
  const others = left.frames()[Symbol.asyncIterator]();
  try {
    for await (const frame of right.frames()) {
      const other = await others.next();
      if (other.done === true) return;
      yield { ...joined(other.value, frame), index: frame.index, time: frame.time };
    }
  } finally {
    await others.return?.();
  }
}

function joined(left: RgbImage, right: RgbImage): RgbImage {
  const { width, height } = left;
  const data = new Uint8Array(6 * width * height);
  for (const [column, frame] of [left, right].entries()) {
    const { data: from, channels } = frame;
    for (let y = 0; y < height; y++) {
      const to = 3 * (2 * y + column) * width;
      if (channels === 3) {
        data.set(from.subarray(3 * y * width, 3 * (y + 1) * width), to);
        continue;
      }
      for (let x = 0; x < width; x++) {
        const at = 4 * (y * width + x);
        data.set(from.subarray(at, at + 3), to + 3 * x);
      }
    }
  }
  return { data, width: 2 * width, height, channels: 3 };
}
