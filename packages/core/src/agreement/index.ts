/** @file Public face of `@telltale/core/agreement`: how far coders agree. */
export * from './agreement.ts';
export * from './bland-altman.ts';
export * from './chance.ts';
export { clipName, CODER_FILES, codedTable, readCoderFile } from './coder-file.ts';
export type { CoderFileOptions } from './coder-file.ts';
export type { ParseXml, XmlElement } from './coder-text.ts';
export * from './events.ts';
export * from './result.ts';
