/** @file Gray squares of one size, as they are cut from photographs of faces. */
import { isBmp, readBmp } from './bmp.ts';

/** A decoded image. */
interface Decoded {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
}

/** A rectangle in an upright image, pixels. */
export interface ImageBox {
  /** Of the left edge, from 0. */
  readonly left: number;
  /** Row of the upper edge, from 0. */
  readonly top: number;
  /** Extent to the right. */
  readonly width: number;
  /** Extent downward. */
  readonly height: number;
}

/** Options of {@link graySquare}. */
export interface GraySquareOptions {
  /** Side of the result, pixels. */
  readonly size: number;
  /** What to cut out first, clipped to the image. @defaultValue the whole image */
  readonly box?: ImageBox;
  /** Smallest side of what is cut out, pixels. @defaultValue 1 */
  readonly least?: number;
}

/**
 * The centered square of an image, or of a box in it, as gray of another size.
 *
 * @param source - the bytes of a JPEG, PNG or BMP file, rotated by its EXIF orientation; or decoded values
 * @returns shape `[size, size]`
 * @throws Error where the file cannot be decoded, or what is cut out is smaller than `least`
 */
export async function graySquare(
  source: Uint8Array | Decoded,
  { size, box, least = 1 }: GraySquareOptions,
): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp');
  const given = source instanceof Uint8Array && isBmp(source) ? readBmp(source) : source;
  const image =
    given instanceof Uint8Array
      ? sharp(given, { failOn: 'truncated' })
      : sharp(given.data, {
          raw: { width: given.width, height: given.height, channels: given.channels },
        });
  const { autoOrient } = await image.metadata();
  const part = box === undefined ? autoOrient : clipped(box, autoOrient);
  if (part.width < least || part.height < least) {
    throw new Error(`the face has ${part.width}×${part.height} pixels`);
  }
  const upright = image.autoOrient().flatten({ background: 'black' });
  const cut = 'left' in part ? upright.extract(part) : upright;
  const data = await cut
    .toColorspace('b-w')
    .resize(size, size, { fit: 'cover' })
    .raw({ depth: 'uchar' })
    .toBuffer();
  return new Uint8Array(data);
}

function clipped(
  box: ImageBox,
  { width, height }: { readonly width: number; readonly height: number },
): ImageBox {
  const left = Math.min(Math.max(box.left, 0), width);
  const top = Math.min(Math.max(box.top, 0), height);
  return {
    left,
    top,
    width: Math.min(box.left + box.width, width) - left,
    height: Math.min(box.top + box.height, height) - top,
  };
}
