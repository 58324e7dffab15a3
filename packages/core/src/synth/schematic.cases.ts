/** @file A drawn face for tests: texture, and landmarks where a face of that size has them. */
import type { RgbImage } from '../base/image.ts';
import { createRandom } from '../base/random.ts';
import type { Landmarks } from '../face/landmarks.ts';

/** Places of the landmarks in use, interocular distances from the middle between the eyes. */
const PLACES: Readonly<Record<number, readonly [number, number]>> = {
  ...{ 33: [-0.73, 0], 133: [-0.27, 0], 362: [0.27, 0], 263: [0.73, 0] },
  ...{ 107: [-0.2, -0.34], 55: [-0.22, -0.28], 66: [-0.38, -0.4], 65: [-0.4, -0.33] },
  ...{ 336: [0.2, -0.34], 285: [0.22, -0.28], 296: [0.38, -0.4], 295: [0.4, -0.33] },
  ...{ 105: [-0.55, -0.42], 63: [-0.72, -0.4], 52: [-0.55, -0.35], 53: [-0.72, -0.33] },
  ...{ 334: [0.55, -0.42], 293: [0.72, -0.4], 282: [0.55, -0.35], 283: [0.72, -0.33] },
  ...{ 61: [-0.4, 1.1], 291: [0.4, 1.1], 205: [-0.6, 0.75], 425: [0.6, 0.75] },
  ...{
    50: [-0.62, 0.55],
    117: [-0.75, 0.3],
    118: [-0.6, 0.32],
    101: [-0.45, 0.5],
    120: [-0.4, 0.32],
  },
  ...{ 280: [0.62, 0.55], 346: [0.75, 0.3], 347: [0.6, 0.32], 330: [0.45, 0.5], 349: [0.4, 0.32] },
  ...{ 130: [-0.76, 0], 226: [-0.82, 0.02], 359: [0.76, 0], 446: [0.82, 0.02] },
  ...{ 198: [-0.2, 0.4], 236: [-0.18, 0.3], 174: [-0.16, 0.2], 193: [-0.14, 0.02], 37: [-0.08, 1] },
  ...{ 420: [0.2, 0.4], 456: [0.18, 0.3], 399: [0.16, 0.2], 417: [0.14, 0.02], 267: [0.08, 1] },
  ...{ 208: [-0.12, 1.5], 83: [-0.08, 1.3], 428: [0.12, 1.5], 313: [0.08, 1.3] },
  ...{ 129: [-0.27, 0.62], 98: [-0.2, 0.68], 358: [0.27, 0.62], 327: [0.2, 0.68] },
  ...{ 39: [-0.16, 1.02], 84: [-0.1, 1.2], 181: [-0.2, 1.18], 40: [-0.27, 1.05] },
  ...{ 269: [0.16, 1.02], 314: [0.1, 1.2], 405: [0.2, 1.18], 270: [0.27, 1.05] },
  ...{ 91: [-0.28, 1.15], 57: [-0.46, 1.12], 212: [-0.6, 1.22], 64: [-0.24, 0.66] },
  ...{ 321: [0.28, 1.15], 287: [0.46, 1.12], 432: [0.6, 1.22], 294: [0.24, 0.66] },
  ...{ 148: [-0.16, 1.84], 171: [-0.17, 1.75], 176: [-0.28, 1.8], 150: [-0.6, 1.62] },
  ...{ 377: [0.16, 1.84], 396: [0.17, 1.75], 400: [0.28, 1.8], 379: [0.6, 1.62] },
  ...{ 48: [-0.25, 0.58], 278: [0.25, 0.58] },
  ...{ 246: [-0.68, -0.04], 161: [-0.6, -0.08], 160: [-0.54, -0.1], 159: [-0.5, -0.11] },
  ...{ 158: [-0.44, -0.1], 157: [-0.38, -0.07], 173: [-0.32, -0.04] },
  ...{ 7: [-0.66, 0.03], 163: [-0.6, 0.06], 144: [-0.55, 0.07], 145: [-0.5, 0.08] },
  ...{ 153: [-0.44, 0.07], 154: [-0.38, 0.05], 155: [-0.32, 0.03] },
  ...{ 398: [0.32, -0.04], 384: [0.38, -0.07], 385: [0.44, -0.1], 386: [0.5, -0.11] },
  ...{ 387: [0.54, -0.1], 388: [0.6, -0.08], 466: [0.68, -0.04] },
  ...{ 382: [0.32, 0.03], 381: [0.38, 0.05], 380: [0.44, 0.07], 374: [0.5, 0.08] },
  ...{ 373: [0.55, 0.07], 390: [0.6, 0.06], 249: [0.66, 0.03] },
};

/** Landmarks with the eyes at the given distance around a place; those not in use lie in the middle. */
export function schematicLandmarks(
  [x, y]: readonly [number, number],
  interocular: number,
): Landmarks {
  const points = new Float32Array(2 * 478);
  for (let i = 0; i < 478; i++) {
    const [right, down] = PLACES[i] ?? [0, 0.4];
    points[2 * i] = x + right * interocular;
    points[2 * i + 1] = y + down * interocular;
  }
  return { points, presence: 1 };
}

/** Smooth random texture in color, with structure at every scale that flow can hold on to. */
export function texturedPhoto(width: number, height: number, seed = 1): RgbImage {
  const random = createRandom(seed);
  const waves = Array.from({ length: 40 }, () => ({
    x: random.normal() * 0.12,
    y: random.normal() * 0.12,
    phase: 2 * Math.PI * random.uniform(),
  }));
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      let sum = 0;
      for (const wave of waves) sum += Math.cos(wave.x * column + wave.y * row + wave.phase);
      for (let channel = 0; channel < 3; channel++) {
        data[3 * (row * width + column) + channel] = 120 + 10 * channel + 11 * sum;
      }
    }
  }
  return { data, width, height, channels: 3 };
}
