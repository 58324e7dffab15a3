/**
 * @file Magnifies frame by frame in constant memory, as they come: from a file, a folder or a camera.
 *
 * Wu et al. 2012, "Eulerian Video Magnification for Revealing Subtle Changes in the World", ACM TOG 31(4).
 */
import { TelltaleError } from '../base/errors.ts';
import type { RgbImage } from '../base/image.ts';
import { loadKernels } from './kernels.ts';
import type { Size } from './levels.ts';
import {
  createMachine,
  filterPlane,
  joinImage,
  loadImage,
  raise,
  restFilter,
  splitImage,
  type Machine,
} from './machine.ts';
import { resolveMagnification, type Footage, type MagnifyOptions } from './options.ts';

/** Magnifies one frame after the other; it remembers what the filter needs of the past. */
export interface Magnifier {
  /**
   * The next frame, magnified. The first comes back as it is.
   *
   * @param into - as many bytes as the frame has, where the result goes; saves the memory of each frame
   * @returns an image with as many channels, newly allocated unless `into` is given
   * @throws TelltaleError `FRAMES_SIZE_CHANGED`
   */
  next(frame: RgbImage, into?: Uint8ClampedArray): RgbImage;
}

/**
 * Opens a magnifier with a memory of its own.
 *
 * @throws TelltaleError `OPTION_INVALID`: see {@link resolveMagnification}; also for the filter `ideal`, which needs
 *   the whole clip: see `magnifyClip`. `MEMORY_LIMIT`
 * @see Wu et al. 2012, §3 and §5
 */
export async function createMagnifier(
  footage: Footage,
  options: MagnifyOptions = {},
): Promise<Magnifier> {
  const magnification = resolveMagnification(footage, options);
  if (magnification.filter.kind === 'ideal') {
    throw new TelltaleError(
      'OPTION_INVALID',
      'the ideal filter cannot magnify frame by frame: it needs the whole clip',
      'Choose the filter iir or butterworth, or magnify a clip.',
    );
  }
  return streamFrames(createMachine(await loadKernels(), magnification));
}

/** The magnifier of a machine with a recursive filter. */
export function streamFrames(machine: Machine): Magnifier {
  let isFirst = true;
  return {
    next(frame, into) {
      assertSize(frame, machine.magnification.sizes[0]!);
      loadImage(machine, frame);
      const planes = splitImage(machine, frame.channels);
      if (isFirst) restFilter(machine, planes);
      isFirst = false;
      for (const [channel, plane] of planes.entries()) {
        filterPlane(machine, plane, channel);
        raise(machine, { plane, channel }, machine.magnification.gains);
      }
      return joinImage(machine, frame.channels, into);
    },
  };
}

/**
 * Checks that a frame is as large as those before it.
 *
 * @throws TelltaleError `FRAMES_SIZE_CHANGED`
 */
export function assertSize(frame: Size, { width, height }: Size): void {
  if (frame.width === width && frame.height === height) return;
  throw new TelltaleError(
    'FRAMES_SIZE_CHANGED',
    `a frame of ${frame.width} × ${frame.height} pixels follows frames of ${width} × ${height}`,
    'Magnify frames of one size at a time.',
  );
}
