/** @file What `import … from '@telltale/core'` gives: the analysis of a clip and its types. */
export { TelltaleError } from './base/errors.ts';
export type { ErrorCode } from './base/errors.ts';
