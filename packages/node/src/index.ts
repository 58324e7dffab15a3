/** @file What `import … from '@telltale/node'` gives: clips, images and models from files. */
export { lookAtFaceModelFiles, readFaceModelFiles } from './face-models.ts';
export { isBmp, readBmp } from './images/bmp.ts';
export { readImageHeader } from './images/header.ts';
export type { ImageHeader } from './images/header.ts';
export { IMAGE_EXTENSIONS, readImage, writeImage } from './images/images.ts';
export { loadRuntime } from './runtime.ts';
export { openClip } from './video/clip.ts';
export type { ClipOptions, Decoder, OpenClip } from './video/clip.ts';
export { openFramesFolder } from './video/frames-folder.ts';
export { hasSound } from './video/sound.ts';
export { writeVideo } from './video/write.ts';
export type { WriteVideoOptions } from './video/write.ts';
export {
  assertChoice,
  descriptionOf,
  openChosen,
  readWeights,
  readWeightsOrShipped,
  recognizerNames,
} from './weights.ts';
export type { RecognizerChoice } from './weights.ts';
