/** @file Entry point of `@telltale/core/video`: what a clip is, and from a decoder's planes to RGB. */
export { openColors } from './colors.ts';
export type { ColorReading, Colors, PlanesLayout } from './colors.ts';
export type { Clip, Frame } from './frames.ts';
export { clipPart } from './part.ts';
export type { ClipPart } from './part.ts';
