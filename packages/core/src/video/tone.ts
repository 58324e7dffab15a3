/**
 * @file High dynamic range (HLG and PQ) to standard: from planes to RGB, by one function for every decoder.
 *
 * Display light by ITU-R BT.2100 (HLG on a display of 1,000 cd/m², system gamma 1.2), BT.2020 primaries to BT.709,
 * 100 cd/m² to white by a curve that leaves everything below 30 cd/m² as it is and bends smoothly up to 1,000 cd/m²
 * (a Möbius transformation, as in FFmpeg's filter `tonemap=mobius`), display gamma 2.4 (BT.1886). So what was graded at
 * 100 cd/m² looks as it does in standard range, up to middle gray to the value.
 */
import type { RgbImage } from '../base/image.ts';
import { partsOf, type Planes } from './planes.ts';

/** The transfer functions of high dynamic range: ARIB STD-B67 and SMPTE ST 2084. */
export type HdrTransfer = 'hlg' | 'pq';

/** White of standard range, and the brightest light that still differs; cd/m². */
const WHITE = 100;
const PEAK = 1000;
/** Up to here, relative to white, light stays as it is. */
const KNEE = 0.3;
/** Entries of a table. */
const STEPS = 4096;
/** Brightness of BT.2020. */
const [RED, GREEN, BLUE] = [0.2627, 0.678, 0.0593] as const;
/** From the primaries of BT.2020 to those of BT.709 (ITU-R BT.2087, inverse of equation 1). */
const PRIMARIES = [
  [1.6605, -0.5876, -0.0728],
  [-0.1246, 1.1329, -0.0083],
  [-0.0182, -0.1006, 1.1187],
] as const;

/** How the samples are to be read. */
export interface HdrReading {
  /** Which curve the samples follow. */
  readonly transfer: HdrTransfer;
  /** Whether black is 0, not 16 of 256. */
  readonly fullRange?: boolean | null | undefined;
}

/**
 * Converts planes to RGB of standard range.
 *
 * @param planes - Y'CbCr by BT.2020 (non-constant luminance), 8 to 16 bits
 */
export function toneMapped(planes: Planes, { transfer, fullRange }: HdrReading): RgbImage {
  const { width, height, bits, data } = planes;
  const [luma, blues, reds] = partsOf(planes);
  const [across, down] = planes.chroma ?? [0, 0];
  const unit = 2 ** (bits - 8);
  const black = fullRange === true ? 0 : 16 * unit;
  const gain = 1 / (fullRange === true ? 2 ** bits - 1 : 219 * unit);
  const chromaGain = 1 / (fullRange === true ? 2 ** bits - 1 : 224 * unit);
  const light = lights[transfer];
  const out = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const brightness = (data[luma!.start + y * width + x]! - black) * gain;
      let [b, r] = [0, 0];
      if (blues !== undefined && reds !== undefined) {
        const at = (y >> down) * blues.width;
        // On even columns of 4:2:0 and 4:2:2 lies a sample; an odd one is the mean of its neighbors.
        const left = at + (x >> across);
        const isBetween = across === 1 && x % 2 === 1 && (x >> 1) + 1 < blues.width;
        const right = isBetween ? left + 1 : left;
        const middle = 128 * unit;
        b = ((data[blues.start + left]! + data[blues.start + right]!) / 2 - middle) * chromaGain;
        r = ((data[reds.start + left]! + data[reds.start + right]!) / 2 - middle) * chromaGain;
      }
      const signal = [
        brightness + 2 * (1 - RED) * r,
        brightness - ((2 * BLUE * (1 - BLUE)) / GREEN) * b - ((2 * RED * (1 - RED)) / GREEN) * r,
        brightness + 2 * (1 - BLUE) * b,
      ] as const;
      let [lr, lg, lb] = [at(light, signal[0]), at(light, signal[1]), at(light, signal[2])];
      if (transfer === 'hlg') {
        const system = at(SYSTEM, RED * lr + GREEN * lg + BLUE * lb);
        [lr, lg, lb] = [lr * system, lg * system, lb * system];
      }
      const scaled = PRIMARIES.map(([p, q, s]) => Math.max(0, p * lr + q * lg + s * lb));
      const most = Math.max(scaled[0]!, scaled[1]!, scaled[2]!);
      const factor = most > KNEE ? compressed(most) / most : 1;
      const to = 3 * (y * width + x);
      for (let c = 0; c < 3; c++) out[to + c] = codeOf(scaled[c]! * factor);
    }
  }
  return { data: out, width, height, channels: 3 };
}

/** The value of a table at a number from 0 to 1. */
function at(table: Float64Array, value: number): number {
  return table[value <= 0 ? 0 : value >= 1 ? STEPS : Math.round(value * STEPS)]!;
}

function tableOf(value: (position: number) => number): Float64Array {
  return Float64Array.from({ length: STEPS + 1 }, (_, i) => value(i / STEPS));
}

/** From a signal to light: HLG of the scene, 0 to 1 (BT.2100, table 5); PQ of the display, relative to white (table 4). */
const lights: Readonly<Record<HdrTransfer, Float64Array>> = {
  hlg: tableOf((signal) => {
    const [a, b, c] = [0.17883277, 0.28466892, 0.55991073];
    return signal <= 0.5 ? signal ** 2 / 3 : (Math.exp((signal - c) / a) + b) / 12;
  }),
  pq: tableOf((signal) => {
    const [m1, m2] = [2610 / 16384, (2523 / 4096) * 128];
    const [c1, c2, c3] = [3424 / 4096, (2413 / 4096) * 32, (2392 / 4096) * 32];
    const power = signal ** (1 / m2);
    return (10000 / WHITE) * (Math.max(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1);
  }),
};

/** HLG: from the light of the scene to that of the display, by its brightness. */
const SYSTEM = tableOf((brightness) => (PEAK / WHITE) * brightness ** 0.2);

const peak = PEAK / WHITE;
const curveA = (-(KNEE ** 2) * (peak - 1)) / (KNEE ** 2 - 2 * KNEE + peak);
const curveB = (KNEE ** 2 - 2 * KNEE * peak + peak) / (peak - 1);
const curveGain = (curveB ** 2 + 2 * curveB * KNEE + KNEE ** 2) / (curveB - curveA);

/** Light above the knee, bent so that the peak becomes white. */
function compressed(light: number): number {
  return (curveGain * (light + curveA)) / (light + curveB);
}

/** Codes by the square root of light, which spreads the dark values. */
const CODES = tableOf((root) => 255 * root ** (2 / 2.4));

function codeOf(light: number): number {
  return Math.round(at(CODES, Math.sqrt(light)));
}
