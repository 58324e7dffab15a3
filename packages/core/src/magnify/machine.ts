/**
 * @file The kernels and the memory they work in: an image becomes planes, planes are filtered over time, and what
 * changed is weighed and added.
 *
 * Filtering over time and making a pyramid are both linear and touch different axes, so that their order is free. The
 * band-pass therefore runs on one Gaussian level, the finest that has a gain, and the Laplacian levels are made of what
 * it lets through: the numbers are those of a filter for each level, at a fraction of the work and memory.
 */
import { TelltaleError } from '../base/errors.ts';
import type { RgbImage } from '../base/image.ts';
import type { Kernels } from './kernels.ts';
import type { Size } from './levels.ts';
import type { Magnification } from './options.ts';
import { idealImpulse, type Ideal } from './temporal.ts';

/** The kernels with their memory laid out for images of one size. */
export interface Machine {
  readonly kernels: Kernels;
  readonly magnification: Magnification;
  readonly layout: Layout;
}

/** Byte offsets. */
interface Layout {
  readonly image: number;
  readonly result: number;
  /** For rows in passing. */
  readonly line: number;
  /** What is added, one for each channel, at level 1, or at level 0 where that has a gain. */
  readonly changes: readonly number[];
  /** Planes at the base level, one for each channel. */
  readonly bases: readonly number[];
  /** Gaussian levels, for passing use. */
  readonly gaussian: readonly number[];
  /** Sums of levels on their way up. */
  readonly sums: readonly number[];
  /** Planes at the base level for each channel: states of the filter. */
  readonly states: readonly (readonly number[])[];
  /** Where planes may be kept that the clip's length decides the number of. */
  readonly end: number;
}

const rowNumbers = (width: number): number => (width + 7) & ~7;

/** Numbers of a plane with its padding. */
export const planeNumbers = ({ width, height }: Size): number => rowNumbers(width) * height;

/** Bytes of a plane at the level where it is filtered. */
function basePlaneBytes({ sizes, base }: Magnification): number {
  return 4 * planeNumbers(sizes[base]!);
}

/** Bytes of all channels' planes of one frame at that level: luma, and both of chroma where they are magnified. */
export function frameBytes(magnification: Magnification): number {
  return basePlaneBytes(magnification) * channelsOf(magnification);
}

function channelsOf({ chroma }: Magnification): 1 | 3 {
  return chroma > 0 ? 3 : 1;
}

/** Lays out the memory. */
export function createMachine(kernels: Kernels, magnification: Magnification): Machine {
  const { sizes, filter, base } = magnification;
  const { width, height } = sizes[0]!;
  let next = 1024;
  const take = (bytes: number): number => {
    const at = next;
    next += (bytes + 64 + 63) & ~63;
    return at;
  };
  const sections = filter.kind === 'butterworth' ? filter.sections.length : 0;
  const count = filter.kind === 'iir' ? 2 : 2 * sections;
  const channels = Array.from({ length: channelsOf(magnification) }, (_, i) => i);
  const layout: Layout = {
    image: take(4 * width * height + 128),
    result: take(4 * width * height + 128),
    line: take(26 * 4 * rowNumbers(width) + 1024),
    changes: channels.map(() => take(4 * planeNumbers(sizes[Math.min(1, base)]!))),
    bases: channels.map(() => take(basePlaneBytes(magnification))),
    gaussian: sizes.map((size) => take(4 * planeNumbers(size))),
    sums: sizes.map((size) => take(4 * planeNumbers(size))),
    states: channels.map(() =>
      Array.from({ length: count }, () => take(basePlaneBytes(magnification))),
    ),
    end: next,
  };
  const machine = { kernels, magnification, layout };
  reserve(machine, next);
  return machine;
}

/**
 * Grows the memory.
 *
 * @throws TelltaleError `MEMORY_LIMIT` where there is not so much
 */
export function reserve({ kernels }: Machine, bytes: number): void {
  if (bytes < 4294967296 && kernels.reserve(bytes) === 1) return;
  throw new TelltaleError(
    'MEMORY_LIMIT',
    `magnifying needs ${Math.ceil(bytes / 1048576)} MB in one piece, which is more than there is`,
    'Give a shorter or smaller clip, or a filter that holds no clip: iir or butterworth.',
  );
}

/** Copies an image in. */
export function loadImage({ kernels, layout }: Machine, { data }: RgbImage): void {
  new Uint8Array(kernels.memory.buffer, layout.image, data.length).set(data);
}

/**
 * Makes the planes of the loaded image, at the base level.
 *
 * @returns where they lie, one for each channel
 */
export function splitImage(machine: Machine, channels: 3 | 4): readonly number[] {
  const { kernels, layout, magnification } = machine;
  const { sizes, base } = magnification;
  const { width, height } = sizes[0]!;
  const firsts = base > 1 ? layout.changes : layout.bases;
  const [y, i = 0, q = 0] = firsts;
  if (base === 0) kernels.split(layout.image, channels, width, height, y!, i, q);
  else kernels.splitReduced(layout.image, channels, width, height, y!, i, q, layout.line);
  for (const [channel, plane] of layout.bases.entries()) {
    let from = firsts[channel]!;
    for (let level = 1; level < base; level++) {
      const to = level + 1 === base ? plane : layout.gaussian[level + 1]!;
      kernels.reduce(from, sizes[level]!.width, sizes[level]!.height, to, layout.line);
      from = to;
    }
  }
  return layout.bases;
}

/** Sets the recursive filter as if the frame whose planes these are had stood still forever. */
export function restFilter(
  { kernels, layout, magnification }: Machine,
  planes: readonly number[],
): void {
  const { filter } = magnification;
  const bytes = basePlaneBytes(magnification);
  const memory = new Uint8Array(kernels.memory.buffer);
  for (const [channel, states] of layout.states.entries()) {
    const plane = planes[channel]!;
    for (const [i, state] of states.entries()) {
      if (filter.kind === 'iir') memory.copyWithin(state, plane, plane + bytes);
      else memory.fill(0, state, state + bytes);
      // At rest the first section's states are −gain · input, and nothing comes out of it.
      if (filter.kind === 'butterworth' && i < 2) {
        kernels.combine(plane, -filter.sections[0]!.gain, state, 0, state, bytes / 4);
      }
    }
  }
}

/** Filters one channel's plane in place, as the next frame of the recursive filter. */
export function filterPlane(machine: Machine, plane: number, channel: number): void {
  const { kernels, layout, magnification } = machine;
  const { filter } = magnification;
  const count = basePlaneBytes(magnification) / 4;
  const states = layout.states[channel]!;
  if (filter.kind === 'iir') {
    const { fast, slow, gain } = filter;
    kernels.lowPasses(plane, states[0]!, states[1]!, plane, fast, slow, gain, count);
  } else if (filter.kind === 'butterworth') {
    for (const [i, { gain, a1, a2 }] of filter.sections.entries()) {
      kernels.section(plane, states[2 * i]!, states[2 * i + 1]!, plane, gain, a1, a2, count);
    }
  }
}

/**
 * Weighs the levels of a filtered plane and expands their sum, as `weighLevels` in `pyramid.ts`, but not the last time
 * where {@link joinImage} does it.
 *
 * @param plane - at the base level; it is not changed
 * @param channel - whose change it becomes; 1 and 2 are chroma
 * @param gains - of all levels, the remainder's last
 */
export function raise(
  machine: Machine,
  { plane, channel }: { readonly plane: number; readonly channel: number },
  gains: readonly number[],
): void {
  const { kernels, layout, magnification } = machine;
  const { sizes, base, chroma } = magnification;
  const share = channel === 0 ? 1 : chroma;
  const last = sizes.length - 1;
  const at = (level: number): number => (level === base ? plane : layout.gaussian[level]!);
  for (let level = base; level < last; level++) {
    const { width, height } = sizes[level]!;
    kernels.reduce(at(level), width, height, at(level + 1), layout.line);
  }
  const end = Math.min(1, base);
  const target = (level: number): number =>
    level === end ? layout.changes[channel]! : layout.sums[level]!;
  kernels.combine(at(last), share * gains[last]!, at(last), 0, target(last), planeNumbers(sizes[last]!)); // prettier-ignore
  for (let level = last - 1; level >= end; level--) {
    const { width, height } = sizes[level]!;
    const gain = level < base ? 0 : share * gains[level]!;
    const from = target(level + 1);
    if (gain !== 0) {
      kernels.combine(from, 1, at(level + 1), -gain, from, planeNumbers(sizes[level + 1]!));
    }
    const fine = gain === 0 ? 0 : at(level);
    kernels.expand(from, width, height, fine, gain, target(level), layout.line);
  }
}

/**
 * Adds the magnified changes to the loaded image.
 *
 * @param into - where the result's bytes go; else they get memory of their own
 */
export function joinImage(
  { kernels, layout, magnification }: Machine,
  channels: 3 | 4,
  into?: Uint8ClampedArray,
): RgbImage {
  const { sizes, base } = magnification;
  const { width, height } = sizes[0]!;
  const [r, g = r, b = r] = layout.changes as [number, number?, number?];
  if (g !== r) kernels.toRgb(r, g, b, planeNumbers(sizes[Math.min(1, base)]!));
  const { image, result, line } = layout;
  if (base === 0) kernels.join(image, channels, width, height, r, g, b, result);
  else kernels.joinExpanded(image, channels, width, height, r, g, b, result, line);
  const bytes = new Uint8ClampedArray(kernels.memory.buffer, result, width * height * channels);
  if (into === undefined) return { data: bytes.slice(), width, height, channels };
  into.set(bytes);
  return { data: into, width, height, channels };
}

/** Copies the planes of the frame that was split to `index` in a row of frames that begins where the layout ends. */
export function keepFrame(machine: Machine, index: number): void {
  const { kernels, layout, magnification } = machine;
  const at = keptFrame(machine, index);
  const bytes = basePlaneBytes(magnification);
  reserve(machine, at + frameBytes(magnification));
  const memory = new Uint8Array(kernels.memory.buffer);
  for (const [channel, plane] of layout.bases.entries()) {
    memory.copyWithin(at + channel * bytes, plane, plane + bytes);
  }
}

/** Where the first plane of a kept frame lies. */
function keptFrame({ layout, magnification }: Machine, index: number): number {
  return layout.end + index * frameBytes(magnification);
}

/** Where the planes of a kept frame lie, one for each channel. */
export function keptPlanes(machine: Machine, index: number): readonly number[] {
  const first = keptFrame(machine, index);
  const bytes = basePlaneBytes(machine.magnification);
  return machine.layout.bases.map((_, channel) => first + channel * bytes);
}

/**
 * Filters all kept frames by the ideal band-pass: each pixel's series is convolved, around the clip's end,
 * with the filter's impulse response, by Fourier transforms of a power of two.
 *
 * @param frames - how many were kept; their planes are replaced
 */
export function filterIdeally(machine: Machine, frames: number, filter: Ideal): void {
  const { kernels, magnification } = machine;
  const bytes = frameBytes(magnification);
  const planes = keptFrame(machine, 0);
  let size = 2;
  while (size < 2 * frames - 1) size *= 2;
  const turns = planes + frames * bytes;
  const spectrum = turns + 4 * size;
  const data = (spectrum + 4 * size + 31) & ~31;
  reserve(machine, data + 32 * size);
  const memory = new Float32Array(kernels.memory.buffer);
  for (let j = 0; j < size / 2; j++) {
    const angle = (-2 * Math.PI * j) / size;
    memory[turns / 4 + 2 * j] = Math.cos(angle);
    memory[turns / 4 + 2 * j + 1] = Math.sin(angle);
  }
  // The impulse response around time 0 in the first of four series; its spectrum is real.
  const impulse = idealImpulse(filter, frames);
  memory.fill(0, data / 4, data / 4 + 8 * size);
  for (let lag = 1 - frames; lag < frames; lag++) {
    memory[data / 4 + 8 * ((lag + size) % size)] = impulse[(lag + frames) % frames]!;
  }
  kernels.transform(data, size, turns);
  for (let k = 0; k < size; k++) memory[spectrum / 4 + k] = memory[data / 4 + 8 * k]! / size;
  kernels.convolve(planes, bytes, frames, spectrum, data, size, turns);
}
