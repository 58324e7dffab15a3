/** @file Entry point of `@telltale/core/expression`: from two frames of a face to its cut, flow, flow image and classes. */
export { alignFaces } from './align.ts';
export { alignApex } from './follow-head.ts';
export type { AlignedFaces, FaceInFrame } from './align.ts';
export { classifyExpression, recognizerInput } from './classify.ts';
export type { Classification, ExpressionFaces } from './classify.ts';
export { CUT_SIZE, cutFace } from './cut.ts';
export type { FaceCut, LocatedFace } from './cut.ts';
export { examineExpressions } from './examine.ts';
export type { ExaminedExpression, ExamineOptions, ExpressionFrames } from './examine.ts';
export { boxOfLandmarks, expressionFlow, faceFlow } from './flow.ts';
export type { ExpressionFlow, FaceFlow, FaceFlowTools } from './flow.ts';
