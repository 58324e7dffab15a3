/** @file Variations of one photograph: lighting and camera. */
import { createRandom } from '../base/random.ts';
import type { SyntheticSubject } from './scenario.ts';

/**
 * The subject under another light, with another contrast and tint by the seed; landmarks are unchanged.
 */
export function varySubject(
  { image, landmarks }: SyntheticSubject,
  seed: number,
): SyntheticSubject {
  const random = createRandom(seed);
  const gamma = Math.exp(0.18 * random.normal());
  const gains = [0, 1, 2].map(() => Math.exp(0.07 * random.normal()));
  const tables = gains.map((gain) =>
    Float32Array.from({ length: 256 }, (_, level) => 255 * gain * (level / 255) ** gamma),
  );
  const [slopeX, slopeY] = [0.12 * random.normal(), 0.08 * random.normal()];
  const { data, width, height, channels } = image;
  const out = new Uint8ClampedArray(width * height * 3);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const light = 1 + slopeX * ((2 * column) / width - 1) + slopeY * ((2 * row) / height - 1);
      const i = row * width + column;
      for (let c = 0; c < 3; c++) out[3 * i + c] = light * tables[c]![data[channels * i + c]!]!;
    }
  }
  return { image: { data: out, width, height, channels: 3 }, landmarks };
}
