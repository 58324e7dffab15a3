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
export { caveatCodes, caveatSentence } from './report/caveats.ts';
export type { CaveatCode } from './report/caveat.ts';
export type {
  Caveat,
  Expression,
  Moment,
  RecognizerCard,
  Report,
  Stretch,
} from './report/report.ts';
export { openColors } from './video/colors.ts';
export type { ColorReading, Colors, PlanesLayout } from './video/colors.ts';
export type { Clip, Frame } from './video/frames.ts';
export { flowColors } from './motion/colors.ts';
export { faceBox, flowImage } from './motion/flow-image.ts';
export type { Box } from './motion/flow-image.ts';
export type { FlowField } from './motion/flow.ts';
export { opticalStrain } from './motion/strain.ts';
export { ACCURATE, FAST, LIKE_OPENCV } from './motion/tvl1-options.ts';
export type { Tvl1Options, Tvl1Parameters } from './motion/tvl1-options.ts';
export { createTvl1 } from './motion/tvl1.ts';
export type { Tvl1 } from './motion/tvl1.ts';
export { classifyExpression } from './expression/classify.ts';
export { cutFace } from './expression/cut.ts';
export type { FaceCut } from './expression/cut.ts';
export { examineExpressions } from './expression/examine.ts';
export { faceFlow } from './expression/flow.ts';
export type { FaceFlow, FaceFlowTools } from './expression/flow.ts';
export { spotClip } from './analyze/spot-clip.ts';
export type { FrameMovement, SpotClipOptions, SpottedClip } from './analyze/spot-clip.ts';
export { LEAST_RATES } from './spot/frame-rate.ts';
export { watchLive } from './spot/live.ts';
export type { LiveOptions, LiveSpotting, LiveTools, LiveWatcher } from './spot/live.ts';
export type { Movement, Spotting } from './spot/spot.ts';
export { analyze } from './analyze/analyze.ts';
export type {
  Analysis,
  AnalysisOptions,
  AnalysisProgress,
  AnalysisTools,
  ExpressionPictures,
} from './analyze/analyze.ts';
export type { Cancellation } from './base/pause.ts';
export { VERSION } from './base/version.ts';
