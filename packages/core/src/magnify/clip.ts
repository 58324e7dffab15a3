/** @file A magnified clip is a clip again: it can be written, shown or analyzed like any other. */
import { TelltaleError } from '../base/errors.ts';
import { throwIfCanceled, type Cancellation } from '../base/pause.ts';
import type { Clip, Frame } from '../video/frames.ts';
import { loadKernels } from './kernels.ts';
import {
  createMachine,
  filterIdeally,
  frameBytes,
  joinImage,
  keepFrame,
  keptPlanes,
  loadImage,
  raise,
  splitImage,
} from './machine.ts';
import { assertSize, streamFrames } from './magnifier.ts';
import { resolveMagnification, type Magnification, type MagnifyOptions } from './options.ts';
import type { Ideal } from './temporal.ts';

/** Options for a whole clip besides {@link MagnifyOptions}. */
export interface MagnifyClipOptions extends MagnifyOptions {
  /** Most that the ideal filter may hold of the clip, bytes. @defaultValue 1 GiB */
  readonly memory?: number;
  /** Cancels the magnification, which then fails with `CANCELED`. */
  readonly signal?: Cancellation;
  /** Called after each frame of the ideal filter's first pass; magnified frames are returned to the caller. */
  readonly onProgress?: (progress: MagnifyProgress) => void;
}

/** How far the first reading is. */
export interface MagnifyProgress {
  /** Frames read. */
  readonly done: number;
  /** Expected number of frames, where the clip has one. */
  readonly total: number | undefined;
}

/**
 * A clip whose frames are magnified as they are read.
 *
 * With `iir` and `butterworth` in constant memory, reading the clip once. `ideal` reads it twice and holds one plane of
 * each frame in between (for motion a quarter of the pixels, at 4 bytes each).
 *
 * @throws TelltaleError `OPTION_INVALID` at once: see {@link resolveMagnification}. While frames are read:
 *   `MEMORY_LIMIT`, `FRAMES_SIZE_CHANGED`, `CANCELED` and what the clip itself throws
 * @see Wu et al. 2012, "Eulerian Video Magnification…", §3 to §5
 */
export function magnifyClip(clip: Clip, options: MagnifyClipOptions = {}): Clip {
  const magnification = resolveMagnification(clip, options);
  const { filter } = magnification;
  return {
    name: clip.name,
    width: clip.width,
    height: clip.height,
    rate: clip.rate,
    ...(clip.expectedFrames !== undefined && { expectedFrames: clip.expectedFrames }),
    frames: () =>
      filter.kind === 'ideal'
        ? inTwoReadings(clip, { ...magnification, filter }, options)
        : inOneReading(clip, magnification, options),
  };
}

async function* inOneReading(
  clip: Clip,
  magnification: Magnification,
  { signal }: MagnifyClipOptions,
): AsyncGenerator<Frame> {
  const magnifier = streamFrames(createMachine(await loadKernels(), magnification));
  for await (const frame of clip.frames()) {
    throwIfCanceled(signal);
    yield { ...magnifier.next(frame), index: frame.index, time: frame.time };
  }
}

async function* inTwoReadings(
  clip: Clip,
  magnification: Magnification & { readonly filter: Ideal },
  { signal, onProgress, memory = 2 ** 30 }: MagnifyClipOptions,
): AsyncGenerator<Frame> {
  const { sizes, gains, filter } = magnification;
  const assertFits = (frames: number): void => {
    const bytes = frames * frameBytes(magnification);
    if (bytes > memory) throw tooLong(frames, bytes, memory);
  };
  assertFits(clip.expectedFrames ?? 0);
  const machine = createMachine(await loadKernels(), magnification);
  let frames = 0;
  for await (const frame of clip.frames()) {
    throwIfCanceled(signal);
    assertSize(frame, sizes[0]!);
    assertFits(frames + 1);
    loadImage(machine, frame);
    splitImage(machine, frame.channels);
    keepFrame(machine, frames++);
    onProgress?.({ done: frames, total: clip.expectedFrames });
  }
  filterIdeally(machine, frames, filter);
  for await (const frame of clip.frames()) {
    throwIfCanceled(signal);
    loadImage(machine, frame);
    for (const [channel, plane] of keptPlanes(machine, frame.index).entries()) {
      raise(machine, { plane, channel }, gains);
    }
    yield { ...joinImage(machine, frame.channels), index: frame.index, time: frame.time };
  }
}

function tooLong(frames: number, bytes: number, limit: number): TelltaleError {
  const megabytes = (value: number): string => `${Math.round(value / 1048576)} MB`;
  return new TelltaleError(
    'MEMORY_LIMIT',
    `the ideal filter holds the whole clip: ${frames} frames take ${megabytes(bytes)}, more than the limit of ${megabytes(limit)}`,
    'Choose the filter butterworth or iir, which hold nothing, or cut the clip.',
  );
}
