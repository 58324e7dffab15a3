/** @file Entry point of `@telltale/core/expression`: from two frames of a face to its cut, flow, flow image and classes. */
export { alignApex, hasMoved } from './align.ts';
export type { FaceInFrame } from './align.ts';
export { assertAttention, attentionOverlay, lookAt } from './attention.ts';
export type { ExpressionAttention } from './attention.ts';
export { classifyExpression, recognizerInput } from './classify.ts';
export type { Classification, ExpressionFaces } from './classify.ts';
export { FACE_CROP_SIZE, cropFace, cropRegion } from './crop.ts';
export type { FaceCrop, LocatedFace } from './crop.ts';
export { examineExpressions } from './examine.ts';
export type { ExaminedExpression, ExamineOptions, ExpressionFrames } from './examine.ts';
export { firstMagnified, magnificationFor } from './magnified.ts';
export type { Magnification } from './magnified.ts';
export { boxOfLandmarks, expressionFlow, faceFlow } from './flow.ts';
export type { ExpressionFlow, FaceFlow, FaceFlowOptions, FaceFlowTools } from './flow.ts';
