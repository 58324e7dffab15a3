/**
 * @file A few frames around an event, filtered once and magnified again and again: for a slider of α.
 *
 * Only weighing and adding the levels depends on α, which takes a millisecond or two a frame.
 */
import { TelltaleError } from '../base/errors.ts';
import type { RgbImage } from '../base/image.ts';
import { loadKernels } from './kernels.ts';
import { levelGains } from './levels.ts';
import {
  createMachine,
  filterIdeally,
  filterPlane,
  joinImage,
  keepFrame,
  keptPlanes,
  loadImage,
  raise,
  restFilter,
  splitImage,
  type Machine,
} from './machine.ts';
import { assertSize } from './magnifier.ts';
import { resolveMagnification, type MagnifyOptions } from './options.ts';

/** What is known of the frames of a window, and how they are filtered. */
export interface WindowOptions extends MagnifyOptions {
  /** Frames per second. */
  readonly rate: number;
  /**
   * Seconds of mirrored frames that the recursive filters see before the first frame, so that they know its
   * surroundings when it comes.
   *
   * @defaultValue 0.25
   */
  readonly warmUp?: number;
}

/** Frames that have been filtered. */
export interface MagnifiedWindow {
  /** How many frames. */
  readonly length: number;
  /**
   * A frame magnified by α; 0 gives it as it is.
   *
   * @param index - from 0
   * @param alpha - from 0. Not given: that of the options
   * @returns a newly allocated image
   * @throws TelltaleError `OPTION_INVALID` for an index or an α that is not there
   */
  at(index: number, alpha?: number): RgbImage;
}

/**
 * Filters the frames once; they are then magnified by any α.
 *
 * @param frames - of one size, in order; they are kept
 * @throws TelltaleError `FRAMES_EMPTY`, `FRAMES_SIZE_CHANGED`, `MEMORY_LIMIT`, and `OPTION_INVALID`: see
 *   {@link resolveMagnification}
 * @see Wu et al. 2012, "Eulerian Video Magnification…", §3
 */
export async function openWindow(
  frames: readonly RgbImage[],
  options: WindowOptions,
): Promise<MagnifiedWindow> {
  const first = frames[0];
  if (first === undefined) {
    throw new TelltaleError(
      'FRAMES_EMPTY',
      'there is no frame to magnify',
      'Give at least one frame.',
    );
  }
  const { mode = 'motion', finest = false, wavelength = 16 } = options;
  const { width, height } = first;
  const resolved = resolveMagnification({ width, height, rate: options.rate }, options);
  const levels = resolved.sizes.length - 1;
  // Whichever α comes: no level may be missing that it gives a gain to.
  const base = mode === 'color' ? levels : finest ? 0 : 1;
  const machine = createMachine(await loadKernels(), { ...resolved, base });
  for (const [i, frame] of frames.entries()) {
    assertSize(frame, first);
    loadImage(machine, frame);
    splitImage(machine, frame.channels);
    keepFrame(machine, i);
  }
  filterKept(machine, frames.length, Math.ceil((options.warmUp ?? 0.25) * options.rate));
  return {
    length: frames.length,
    at(index, alpha = resolved.alpha) {
      const frame = frames[index];
      if (frame === undefined || !(alpha >= 0 && Number.isFinite(alpha))) {
        throw new TelltaleError(
          'OPTION_INVALID',
          `frame ${index} cannot be magnified by alpha ${alpha}`,
          `Give a frame from 0 to ${frames.length - 1} and an alpha from 0.`,
        );
      }
      const gains =
        mode === 'color'
          ? [...Array<number>(levels).fill(0), alpha]
          : levelGains(levels, alpha, { wavelength, finest });
      loadImage(machine, frame);
      for (const [channel, plane] of keptPlanes(machine, index).entries()) {
        raise(machine, { plane, channel }, gains);
      }
      return joinImage(machine, frame.channels);
    },
  };
}

/** Replaces the kept planes by what the filter lets through. */
function filterKept(machine: Machine, frames: number, warmUp: number): void {
  const { filter } = machine.magnification;
  if (filter.kind === 'ideal') {
    filterIdeally(machine, frames, filter);
    return;
  }
  const spare = keepSpare(machine, frames);
  const start = Math.min(frames - 1, warmUp);
  restFilter(machine, keptPlanes(machine, start));
  for (let i = start; i > 0; i--) {
    for (const [channel, plane] of keptPlanes(machine, i).entries()) {
      filterPlane(machine, spare(plane, channel), channel);
    }
  }
  for (let i = 0; i < frames; i++) {
    for (const [channel, plane] of keptPlanes(machine, i).entries()) {
      filterPlane(machine, plane, channel);
    }
  }
}

/** Copies of planes, which the filter may replace: behind the kept frames. */
function keepSpare(machine: Machine, frames: number): (plane: number, channel: number) => number {
  keepFrame(machine, frames);
  const spare = keptPlanes(machine, frames);
  const bytes = keptPlanes(machine, 1)[0]! - keptPlanes(machine, 0)[0]!;
  return (plane, channel) => {
    const to = spare[channel]!;
    const memory = new Uint8Array(machine.kernels.memory.buffer);
    memory.copyWithin(to, plane, plane + bytes / spare.length);
    return to;
  };
}
