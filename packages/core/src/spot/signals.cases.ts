/** @file Movement signals made by hand, for tests. */
import { createRandom } from '../base/random.ts';
import type { MotionSample, MotionStretch } from './follow.ts';
import { REGIONS, type Region } from './regions.ts';

/** A movement of some regions: raised cosine up, hold of a fifth, down. */
export interface Pulse {
  readonly regions: readonly Region[];
  /** Rightward and downward displacement at the apex, pixels at an interocular distance of 100. */
  readonly by: readonly [number, number];
  /** How far the lips part at the apex, same unit. @defaultValue 0 */
  readonly lips?: number;
  /** Seconds. */
  readonly onset: number;
  /** Seconds. */
  readonly duration: number;
}

/** What a face does that is not an expression. */
export interface Restlessness {
  readonly seconds?: number;
  readonly rate?: number;
  /** Standard deviation of each measurement, pixels. */
  readonly noise?: number;
  /** Size of the slow drift of all regions, pixels. */
  readonly drift?: number;
  readonly seed?: number;
  /** When the eyes blink, seconds. */
  readonly blinks?: readonly number[];
  /** Displacement of every region at a time, pixels, added to the rest. */
  readonly also?: (time: number) => number;
}

/** A stretch of samples with pulses in it. */
export function signal(pulses: readonly Pulse[], restlessness: Restlessness = {}): MotionStretch {
  const { seconds = 5, rate = 30, noise = 0.03, drift = 1, seed = 1 } = restlessness;
  const { blinks = [], also = () => 0 } = restlessness;
  const random = createRandom(seed);
  const phases = REGIONS.map(() => 2 * Math.PI * random.uniform());
  const samples = Array.from({ length: Math.round(seconds * rate) }, (_, i): MotionSample => {
    const time = i / rate;
    const displacement = new Float64Array(2 * REGIONS.length);
    REGIONS.forEach((region, r) => {
      const slow = drift * Math.sin(2 * Math.PI * 0.2 * time + phases[r]!) + also(time);
      displacement[2 * r] = slow + noise * random.normal();
      displacement[2 * r + 1] = slow + noise * random.normal();
      for (const pulse of pulses) {
        if (!pulse.regions.includes(region)) continue;
        const height = shape((time - pulse.onset) / pulse.duration);
        displacement[2 * r]! += height * pulse.by[0];
        displacement[2 * r + 1]! += height * pulse.by[1];
      }
      for (const blink of blinks) {
        if (region.endsWith('UpperLid')) {
          displacement[2 * r + 1]! += 8 * shape((time - blink) / 0.25);
        }
      }
    });
    const lips = pulses.reduce((sum, { lips: parted = 0, onset, duration }) => sum + parted * shape((time - onset) / duration), 0); // prettier-ignore
    const closed = blinks.reduce((sum, blink) => sum + shape((time - blink) / 0.25), 0);
    return { time, displacement, lips, opening: 0.3 - 0.22 * closed + 0.004 * random.normal() };
  });
  return { samples };
}

function shape(part: number): number {
  const ease = (x: number): number => (1 - Math.cos(Math.PI * Math.min(1, Math.max(0, x)))) / 2;
  return part <= 0.5 ? ease(part / 0.4) : ease((1 - part) / 0.4);
}
