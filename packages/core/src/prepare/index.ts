/** @file Public face of `@telltale/core/prepare`: from the frames of an annotated clip to what networks are trained on. */
export { prepareClip } from './clip.ts';
export type { ClipFrames, FlowRanges, PreparedClip, PrepareTools } from './clip.ts';
export { clipIdentity, facePlanes, neededFrames, resolvePreparation } from './options.ts';
export type {
  ClipIdentity,
  ClipMaking,
  FacePlane,
  FrameContent,
  Preparation,
  PrepareOptions,
  ExpressionSpan,
} from './options.ts';
export { mergeSheet, sheetText } from './sheet.ts';
export type { PreparedRow } from './sheet.ts';
