/** @file Public face of `@telltale/core/train`. */
export * from './augment.ts';
export * from './balance.ts';
export { fineClassesOf, fineLabelsOf, type FineLabel } from './fine.ts';
export type { FineClass } from '../nets/index.ts';
export * from './fit.ts';
export * from './inputs.ts';
export * from './joint.ts';
export {
  jointClasses,
  jointInput,
  meanFace,
  type JointSample,
  type JointSource,
} from './joint-batch.ts';
export * from './joint-weights.ts';
export * from './recipe.ts';
export * from './recipes.ts';
export * from './task.ts';
export * from './transfer.ts';
export * from './weights.ts';
