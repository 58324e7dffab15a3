/** @file Public face of `@telltale/core/agreement`: how far coders agree. */
export * from './agreement.ts';
export * from './bland-altman.ts';
export * from './chance.ts';
export * from './events.ts';
export * from './result.ts';
