/**
 * @file What `import … from '@telltale/node'` gives: clips, models, images and videos from and to files.
 *
 * Native code is loaded when it is first used, not by the import.
 */

// Clips and models: what `analyze` of `@telltale/core` takes.
export { openClip } from './video/clip.ts';
export type { ClipOptions, Decoder, OpenClip } from './video/clip.ts';
export { openTools } from './tools.ts';
export type { Tools, ToolsOptions } from './tools.ts';

// Recognizers and the parts of `openTools`.
export {
  assertChoice,
  descriptionOf,
  namingFile,
  openRecognizer,
  openUnits,
  readWeights,
  readWeightsOrShipped,
  recognizerNames,
} from './recognizers.ts';
export type { RecognizerChoice, RecognizerOptions } from './recognizers.ts';
export { readFaceModelFiles } from './face-models.ts';
export { loadRuntime } from './runtime.ts';
export { whyUnreadable } from './unreadable.ts';

// Images and videos.
export { IMAGE_EXTENSIONS } from '@telltale/core';
export { readImage, writeImage } from './images/images.ts';
export { readImageHeader } from './images/header.ts';
export type { ImageHeader } from './images/header.ts';
export { writeVideo } from './video/write.ts';
export type { WriteVideoOptions } from './video/write.ts';
export { hasSound } from './video/sound.ts';
export { openFramesFolder } from './video/frames-folder.ts';
