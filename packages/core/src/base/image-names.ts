/** @file Entry point of `@telltale/core/image-names`: which files are images, by their names. */

/** Extensions of the formats that are read, in lower case. */
export const IMAGE_EXTENSIONS = [
  '.jpg',
  '.jpeg',
  '.jpe',
  '.jfif',
  '.png',
  '.bmp',
  '.tif',
  '.tiff',
  '.webp',
  '.avif',
  '.gif',
  '.pgm',
  '.ppm',
  '.pnm',
] as const;

/** The extensions without their dots, as a part of a regular expression. */
export const IMAGE_ENDS: string = IMAGE_EXTENSIONS.map((end) => end.slice(1)).join('|');

const IMAGE = new RegExp(`\\.(?:${IMAGE_ENDS})$`, 'i');

/** Whether a file has the name of an image. */
export function isImageName(name: string): boolean {
  return IMAGE.test(name);
}
