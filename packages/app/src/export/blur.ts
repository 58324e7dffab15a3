/** @file Images of faces made unrecognizable, as `--blur` of the command line makes those of its report. */

/** Patches across an image. */
const PATCHES = 8;

/** The image as a few smooth patches, as a `data:image/…` address. */
export async function blurredAddress(address: string): Promise<string> {
  const image = new Image();
  image.src = address;
  await image.decode();
  const { naturalWidth: width, naturalHeight: height } = image;
  const few = canvasOf(PATCHES, PATCHES);
  few.imageSmoothingQuality = 'high';
  few.drawImage(image, 0, 0, PATCHES, PATCHES);
  const whole = canvasOf(width, height);
  whole.imageSmoothingQuality = 'high';
  whole.drawImage(few.canvas, 0, 0, width, height);
  return whole.canvas.toDataURL('image/jpeg', 0.92);
}

function canvasOf(width: number, height: number): CanvasRenderingContext2D {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('the browser draws no images');
  return context;
}
