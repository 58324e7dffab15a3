/** @file How a head sways and its light changes while nothing happens. */
import type { Random } from '../base/random.ts';
import type { Pose } from './render.ts';

/**
 * Slow sway and light: each a sum of sines between 0.1 and 0.6 Hz with drawn phases.
 *
 * @param sway - 1 is about ±3 pixels, ±1 degree
 * @returns the pose at a time in seconds
 */
export function headSway(
  random: Random,
  sway: number,
): (time: number) => Pick<Pose, 'shift' | 'turn' | 'zoom' | 'light'> {
  const wave = (): ((time: number) => number) => {
    const parts = [0.13, 0.29, 0.53].map((hertz, i) => ({
      hertz: hertz * (0.8 + 0.4 * random.uniform()),
      phase: 2 * Math.PI * random.uniform(),
      size: [0.55, 0.3, 0.15][i]!,
    }));
    return (time) =>
      parts.reduce(
        (sum, part) => sum + part.size * Math.sin(2 * Math.PI * part.hertz * time + part.phase),
        0,
      );
  };
  const [x, y, turn, zoom, light] = [wave(), wave(), wave(), wave(), wave()];
  return (time) => ({
    shift: [3 * sway * x(time), 2.5 * sway * y(time)],
    turn: 0.017 * sway * turn(time),
    zoom: 1 + 0.006 * sway * zoom(time),
    light: 1 + 0.015 * light(time),
  });
}
