/** @file Public face of `@telltale/core/classical`. */
export { learnGaussian, type GaussianData } from './gaussian.ts';
export { classicalMethods, type ChooseOptions } from './svm.ts';
