/**
 * @file Entry point of `@telltale/core`: what the analysis of a clip takes and gives. Everything else has a subpath,
 * listed in this package's README.
 */

// Analyze a clip, or only spot its movements.
export { analyze } from './analyze/analyze.ts';
export type {
  Analysis,
  AnalysisOptions,
  AnalysisProgress,
  AnalysisTools,
  ExpressionImages,
} from './analyze/analyze.ts';
export { IMAGE_EXTENSIONS, isImageName } from './base/image-names.ts';
export { frameColumns, landmarkColumns, measureFrames } from './analyze/frame-table.ts';
export type { FrameRow, FrameTableOptions } from './analyze/frame-table.ts';
export { findSubjects } from './analyze/measure-clip.ts';
export type { FoundSubjects, WhoOptions } from './analyze/measure-clip.ts';
export type { FaceChoice, Subject } from './face/subjects.ts';
export type { Sighting } from './face/sightings.ts';
export type { FaceTrack, FollowedSubject, Subjects } from './face/track.ts';
export { movesBetween, movesOf } from './analyze/region-moves.ts';
export { unitCurveNames, unitCurves, unitMoves } from './analyze/unit-curves.ts';
export type { UnitCurve, UnitMoves } from './analyze/unit-curves.ts';
export { recognizeClip } from './analyze/recognize-clip.ts';
export type { RecognizeOptions } from './analyze/recognize-clip.ts';
export { spotClip } from './analyze/spot-clip.ts';
export type { FrameMovement, SpotClipOptions, SpottedClip } from './analyze/spot-clip.ts';
export { spotUnits } from './analyze/spot-units.ts';
export type { SpotUnitsOptions, UnitInterval } from './analyze/spot-units.ts';
export type { SpotOptions } from './spot/spot.ts';

// What it takes: a clip and opened models. `@telltale/node` and `@telltale/web` open both.
export type { Clip, Frame, Recording } from './video/frames.ts';
export type { RgbImage, Plane } from './base/image.ts';
export type { Cancellation } from './base/pause.ts';
export type { Ort } from './base/ort.ts';
export { openFaceModels } from './face/models.ts';
export type { FaceModelFiles, FaceModelOptions, FaceModels } from './face/models.ts';
export { openRecognizer } from './recognize/recognizer.ts';
export type { Recognizer, RecognizerOptions } from './recognize/recognizer.ts';

// What it gives: a report, and where the face is.
export { reportCsv } from './report/csv.ts';
export { readReport } from './report/read.ts';
export { caveatCodes, caveatSentence } from './report/caveats.ts';
export type { CaveatCode } from './report/caveat.ts';
export type {
  Candidate,
  Caveat,
  Expression,
  Moment,
  RecognizerCard,
  Report,
  Stretch,
} from './report/report.ts';
export type { FaceRegion } from './face/landmarks.ts';

// What it throws, and which release it is.
export { TelltaleError } from './base/errors.ts';
export type { ErrorCode } from './base/errors.ts';
export { VERSION } from './base/version.ts';
