/** @file Images of the page, embedded in it: the page loads nothing. */
import { TelltaleError } from '@telltale/core';

/** Images of one expression as `data:image/…` addresses. */
export interface ExpressionImages {
  /** The aligned face at the onset. */
  readonly onset: string;
  /** The aligned face at the apex. */
  readonly apex: string;
  /** Optical flow from onset to apex, hue for direction and saturation for length. */
  readonly flow: string;
  /** The 28×28 image that the recognizer classified. */
  readonly flowImage: string;
  /** Where the recognizer's attention looked, where that was requested. */
  readonly attention?: AttentionImage;
}

/** The overlay of a recognizer's attention. */
export interface AttentionImage {
  /** Movement and attention over the face, side by side, as a `data:image/…` address. */
  readonly overlay: string;
  /** What the attention adds to the image's features, as a part of them. */
  readonly share: number;
}

/** All addresses of images. */
export function addressesOf({ attention, ...images }: ExpressionImages): readonly string[] {
  return [...Object.values(images), ...(attention ? [attention.overlay] : [])];
}

/**
 * Checks that `address` contains the image itself.
 *
 * @throws TelltaleError `OPTION_INVALID`
 */
export function assertEmbedded(address: string): void {
  if (/^data:image\/(png|jpeg|webp);base64,[A-Za-z0-9+/=]*$/.test(address)) return;
  throw new TelltaleError(
    'OPTION_INVALID',
    `an image of the report is not embedded: ${address.slice(0, 40)}`,
    'Pass images as data:image/png;base64 addresses.',
  );
}
