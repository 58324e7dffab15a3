/** @file What `import … from '@telltale/node/images'` gives: image files and their encoding. */
export { encodeBmp } from './bmp.ts';
export { encodeJpeg, encodePng } from './encode.ts';
export type { EncodableImage, JpegOptions, PngOptions } from './encode.ts';
export { decodeExact } from './exact.ts';
export type { StoredImage } from './exact.ts';
export { graySquare } from './gray.ts';
export type { GraySquareOptions, ImageBox } from './gray.ts';
export { readImageHeader } from './header.ts';
export type { ImageHeader } from './header.ts';
export { readImage, writeImage } from './images.ts';
