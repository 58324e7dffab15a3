/** @file Decodes images whose values are data, such as displacements, and not colors. */

/** A decoded image, values unchanged. */
export interface StoredImage {
  /** `width × height × channels` values, row by row, channels interleaved. */
  readonly data: Uint8Array;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Channels of `data`; gray may be repeated as RGB. 1: gray. 2: gray and alpha. 3: RGB. 4: RGBA. */
  readonly channels: 1 | 2 | 3 | 4;
  /** What the file stores: its channels, and the type of a value by its name in libvips, such as `uchar`. */
  readonly stored: {
    /** Number of channels in the file, from 1. */
    readonly channels: number;
    /** Type of a value: `uchar`, `ushort`. */
    readonly depth: string;
  };
}

/**
 * Decodes an image file byte for byte: no color profile, no gamma, no rotation.
 *
 * Values of other types than bytes do not fit into the result: check `stored.depth`.
 *
 * @throws Error where it is damaged in any way, or of an unknown format
 */
export async function decodeExact(bytes: Uint8Array): Promise<StoredImage> {
  const { default: sharp } = await import('sharp');
  const image = sharp(bytes, { ignoreIcc: true, failOn: 'warning' });
  const stored = await image.metadata();
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return {
    data: new Uint8Array(data),
    width,
    height,
    channels,
    stored: { channels: stored.channels, depth: stored.depth },
  };
}
