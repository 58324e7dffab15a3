/** @file Entry point of `@telltale/core/video`: what a clip is, and from a decoder's planes to RGB. */
export { openColors } from './colors.ts';
export type { ColorReading, Colors, PlanesLayout } from './colors.ts';
export { clipPart } from './part.ts';
export type { ClipPart } from './part.ts';
export { deinterlace } from './deinterlace.ts';
export type { FieldNeighbors } from './deinterlace.ts';
export type { Clip, Frame, Recording } from './frames.ts';
export { partsOf, samplesOf, toI420 } from './planes.ts';
export type { PlanePart, Planes } from './planes.ts';
export { fitted, resampled } from './resample.ts';
export { toneMapped } from './tone.ts';
export type { HdrReading, HdrTransfer } from './tone.ts';
