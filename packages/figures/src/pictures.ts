/** @file Pictures of the page, embedded in it: the page loads nothing. */
import { TelltaleError } from '@telltale/core';

/** Pictures of one expression as `data:image/…` addresses. */
export interface ExpressionImages {
  /** The aligned face at the onset. */
  readonly onset: string;
  /** The aligned face at the apex. */
  readonly apex: string;
  /** Optical flow from onset to apex, hue for direction and strength for length. */
  readonly flow: string;
  /** The 28×28 image that the recognizer saw. */
  readonly flowImage: string;
}

/**
 * Checks that `address` holds the picture itself.
 *
 * @throws TelltaleError `OPTION_INVALID`
 */
export function assertEmbedded(address: string): void {
  if (/^data:image\/(png|jpeg|webp);base64,[A-Za-z0-9+/=]*$/.test(address)) return;
  throw new TelltaleError(
    'OPTION_INVALID',
    `a picture of the report is not embedded: ${address.slice(0, 40)}`,
    'Hand in pictures as data:image/png;base64 addresses.',
  );
}
