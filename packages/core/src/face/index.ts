/** @file Entry point of `@telltale/core/face`: the face in an image and in a clip, its landmarks, regions and alignment. */
export { alignFace, alignmentOf, landmarksInCrop } from './align.ts';
export { cropGray, cropPlanes } from './crop.ts';
export type { CropOptions } from './crop.ts';
export { detectFaces, regionOfDetection } from './detect.ts';
export type { DetectOptions, FaceDetection } from './detect.ts';
export { findFace } from './find.ts';
export type { FindFaceOptions, FoundFace } from './find.ts';
export { framings } from './framing.ts';
export type { Framing } from './framing.ts';
export { hideFaces } from './hide.ts';
export type { FaceRegion, Landmarks } from './landmarks.ts';
export { findLandmarks, findMesh, LEAST_PRESENCE, regionOfLandmarks } from './mesh.ts';
export type { FaceMesh } from './mesh.ts';
export { headPose } from './pose.ts';
export type { HeadPose } from './pose.ts';
export {
  faceModelsOf,
  openFaceDetector,
  openFaceMesh,
  openFaceMeshKernels,
  openFaceModels,
} from './models.ts';
export type {
  FaceModelFiles,
  FaceModelOptions,
  FaceModels,
  FaceNetwork,
  NetworkOutputs,
} from './models.ts';
export {
  EYE_CORNERS,
  eyeAspectRatio,
  FACE_PARTS,
  interocularDistance,
  mouthAspectRatio,
} from './regions.ts';
export { smoothRegions } from './smooth.ts';
export type { SmoothOptions } from './smooth.ts';
export type { FaceChoice, Subject } from './subjects.ts';
export type { Sighting } from './sightings.ts';
export { DETECTION_INTERVAL, trackFace, trackSubjects } from './track.ts';
export type { FaceTrack, FollowedSubject, Subjects, TrackOptions } from './track.ts';
