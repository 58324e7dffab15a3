/** @file What `import … from '@telltale/core'` gives: the analysis of a clip and its types. */
export { TelltaleError } from './base/errors.ts';
export type { ErrorCode } from './base/errors.ts';
export type { Picture, Plane } from './base/image.ts';
export { alignFace, alignmentOf } from './face/align.ts';
export { detectFaces } from './face/detect.ts';
export type { FaceRegion, Landmarks } from './face/landmarks.ts';
export { findFace, findLandmarks } from './face/mesh.ts';
export type { FoundFace } from './face/mesh.ts';
export { openFaceModels } from './face/models.ts';
export type { FaceModelFiles, FaceModelOptions, FaceModels } from './face/models.ts';
export { smoothRegions } from './face/smooth.ts';
export { trackFace } from './face/track.ts';
export type { FaceTrack } from './face/track.ts';
export type { Ort } from './base/ort.ts';
export { reportCsv } from './report/csv.ts';
export { readReport } from './report/read.ts';
export type { Expression, Moment, RecognizerCard, Report, Stretch } from './report/report.ts';
export type { Clip, Frame } from './video/frames.ts';
