/**
 * @file `@telltale/web/ffmpeg`: decoding with FFmpeg compiled to WebAssembly.
 *
 * FFmpeg itself is not part of this package: the page that uses it chooses a build and its license.
 */
export { serveFfmpeg } from './serve.ts';
export type { FfmpegAddresses } from './serve.ts';
export { openFfmpegClip } from './ffmpeg-clip.ts';
export type { FfmpegClipOptions } from './ffmpeg-clip.ts';
export { lendFfmpeg, requestFfmpeg } from './remote.ts';
export type { FfmpegWorker } from './remote.ts';
