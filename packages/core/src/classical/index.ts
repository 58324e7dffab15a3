/** @file Public face of `@telltale/core/classical`. */
export { classicalMethods } from './svm.ts';
