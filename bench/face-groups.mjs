/**
 * @file Groups of faces that benches report by: skin tone, and glasses and beards that are drawn onto faces.
 *
 * The skin tone is the individual typology angle (Chardon et al. 1991, Int. J. Cosmet. Sci. 13) of the cheeks as they are
 * in the image, so light counts.
 */
import { interocularDistance } from '../packages/core/src/face/regions.ts';

/** The individual typology angle of both cheeks, degrees. */
function skinAngle({ image, landmarks: { points } }) {
  const radius = Math.max(1, Math.round(0.08 * interocularDistance({ points })));
  const sums = [0, 0, 0];
  let count = 0;
  for (const index of [50, 280]) {
    const [x, y] = [Math.round(points[2 * index]), Math.round(points[2 * index + 1])];
    for (let row = y - radius; row <= y + radius; row++) {
      for (let column = x - radius; column <= x + radius; column++) {
        const at = 3 * (row * image.width + column);
        if (column < 0 || row < 0 || column >= image.width || row >= image.height) continue;
        for (let c = 0; c < 3; c++) sums[c] += image.data[at + c];
        count++;
      }
    }
  }
  const [r, g, b] = sums.map((sum) => {
    const value = sum / count / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const f = (t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.0888);
  return (Math.atan2(116 * y - 16 - 50, 200 * (y - z)) * 180) / Math.PI;
}

/** The groups of Chardon et al.; the two lightest and the two darkest as one each. */
export function toneOf(face) {
  const angle = skinAngle(face);
  return ['light (above 41°)', 'intermediate (28° to 41°)', 'tan (10° to 28°)', 'brown and dark (below 10°)'][[41, 28, 10, -Infinity].findIndex((least) => angle > least)]; // prettier-ignore
}

/** The face with something drawn onto it: a color and its opacity at each place in face coordinates. */
export function painted(face, colorAt) {
  const { image, landmarks } = face;
  const { points } = landmarks;
  const middle = (a, b) => [(points[2 * a] + points[2 * b]) / 2, (points[2 * a + 1] + points[2 * b + 1]) / 2]; // prettier-ignore
  const [right, left] = [middle(33, 133), middle(362, 263)];
  const unit = Math.hypot(left[0] - right[0], left[1] - right[1]);
  const [cosine, sine] = [(left[0] - right[0]) / unit, (left[1] - right[1]) / unit];
  const [cx, cy] = [(left[0] + right[0]) / 2, (left[1] + right[1]) / 2];
  const data = Uint8ClampedArray.from(image.data);
  for (let i = 0; i < image.width * image.height; i++) {
    const [dx, dy] = [((i % image.width) - cx) / unit, (Math.floor(i / image.width) - cy) / unit];
    const [color, opacity] = colorAt(dx * cosine + dy * sine, dy * cosine - dx * sine);
    for (let c = 0; c < 3; c++) data[3 * i + c] += opacity * (color[c] - data[3 * i + c]);
  }
  return { ...face, image: { ...image, data } };
}

export const rim = (width, opacity) => (x, y) => {
  const distance = Math.abs(Math.hypot((Math.abs(x) - 0.5) / 0.4, (y - 0.04) / 0.32) - 1);
  const bridge = Math.abs(x) < 0.12 && Math.abs(y + 0.04) < width / 2;
  const inside = Math.hypot((Math.abs(x) - 0.5) / 0.4, (y - 0.04) / 0.32) < 1;
  if (distance < width / 0.36 || bridge) return [[25, 22, 20], 1];
  return [[20, 20, 25], inside ? opacity : 0];
};
/** A full beard, with hair in rows; the lips stay free. */
export const beard = (color) => (x, y) => {
  const jaw = y > 0.55 && Math.abs(x) < 1.1 && Math.hypot(x / 1.1, (y - 0.5) / 1.5) < 1;
  const cheek = y < 1.05 && Math.abs(x) < 0.62 + 0.5 * (y - 0.7);
  const mouth = Math.hypot(x / 0.4, (y - 1.15) / 0.14) < 1;
  const moustache = y > 0.86 && y < 1.05 && Math.abs(x) < 0.5;
  const isBeard = jaw && !mouth && (moustache || !cheek);
  return [color, isBeard ? 0.7 + 0.25 * Math.sin(90 * x + 20 * Math.sin(31 * y)) : 0];
};

/** Signs of age: lines of the forehead, between the brows and beside the eyes, bags below them, folds to mouth and chin. */
export const wrinkles = (x, y) => {
  const side = Math.abs(x);
  const line = (distance, width, isThere) => (isThere ? Math.exp(-((distance / width) ** 2)) : 0);
  const forehead = [-0.6, -0.71, -0.82].map((at) => line(y - at - 0.015 * Math.sin(7 * x), 0.014, side < 0.55)); // prettier-ignore
  const feet = [-0.45, 0, 0.45].map((slope) =>
    line(y + 0.01 - slope * (side - 0.72), 0.012, side > 0.78 && side < 1),
  );
  const bag = Math.hypot((side - 0.5) / 0.27, (y - 0.06) / 0.17);
  const strengths = [
    0.45 * Math.max(...forehead),
    0.45 * Math.max(...feet),
    0.4 * line(side - 0.09, 0.014, y > -0.45 && y < -0.22),
    0.35 * line(bag - 1, 0.08, y > 0.1),
    0.55 * line(side - 0.3 - 0.3 * (y - 0.68), 0.02, y > 0.68 && y < 1.12),
    0.4 * line(side - 0.46 - 0.06 * (y - 1.2), 0.018, y > 1.2 && y < 1.48),
  ];
  return [[48, 32, 28], Math.max(...strengths)];
};
