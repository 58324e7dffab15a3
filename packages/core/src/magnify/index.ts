/** @file Eulerian video magnification: makes small movements and the pulse visible. */
export {
  magnifiedApex,
  openApex,
  type ApexMagnifier,
  type ApexOf,
  type ApexOptions,
} from './apex.ts';
export { magnifyClip, type MagnifyClipOptions, type MagnifyProgress } from './clip.ts';
export { createMagnifier, type Magnifier } from './magnifier.ts';
export {
  resolveMagnification,
  type Footage,
  type Magnification,
  type MagnifyOptions,
} from './options.ts';
export { meanColor, PULSE_BAND, pulseRate, type Pulse, type Region } from './pulse.ts';
export { openWindow, type MagnifiedWindow, type WindowOptions } from './window.ts';
