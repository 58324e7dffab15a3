/** @file Rotation of frames that the browser converted, by the rotation that the container states. */

/** Rotates by `turns` quarter turns clockwise; `channels` bytes per pixel. */
export function rotated(
  image: { readonly data: Uint8Array; readonly width: number; readonly height: number },
  turns: number,
  channels: number,
): { data: Uint8Array; width: number; height: number } {
  let { data, width, height } = image;
  for (let turn = 0; turn < ((turns % 4) + 4) % 4; turn++) {
    const out = new Uint8Array(data.length);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const from = channels * (y * width + x);
        const to = channels * (x * height + (height - 1 - y));
        for (let channel = 0; channel < channels; channel++)
          out[to + channel] = data[from + channel]!;
      }
    }
    data = out;
    [width, height] = [height, width];
  }
  return { data, width, height };
}
