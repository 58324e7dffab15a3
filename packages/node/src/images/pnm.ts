/**
 * @file Reads PGM and PPM, in which older face databases store their images; sharp does not.
 *
 * Netpbm, "PGM format specification" and "PPM format specification": binary (P5, P6) and as text (P2, P3), with up to 16
 * bits, of which the upper 8 count.
 */
import type { RgbImage } from '@telltale/core';

/** What the header of a PGM or PPM states. */
export interface PnmHeader {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** The value of white. */
  readonly most: number;
  readonly isText: boolean;
  /** Where the samples begin. */
  readonly start: number;
}

/** The header of a PGM or PPM; undefined for another format. */
export function pnmHeader(bytes: Buffer): PnmHeader | undefined {
  const gap = String.raw`(?:\s|#[^\n]*\n)+`;
  const pattern = new RegExp(String.raw`^P([2356])${gap}(\d{1,6})${gap}(\d{1,6})${gap}(\d{1,5})\s`);
  const match = pattern.exec(bytes.toString('latin1', 0, 4096));
  if (match === null) return undefined;
  const [all, kind, width, height, most] = match;
  return {
    ...{ width: Number(width), height: Number(height), most: Number(most) },
    channels: kind === '2' || kind === '5' ? 1 : 3,
    isText: kind === '2' || kind === '3',
    start: all.length,
  };
}

/** Decodes a PGM or PPM as 8-bit RGB. @throws Error where it is cut off */
export function readPnm(bytes: Buffer, header: PnmHeader): RgbImage {
  const { width, height, channels, most, isText, start } = header;
  const count = width * height * channels;
  const samples = isText
    ? (bytes.toString('latin1', start).match(/\d+/g) ?? []).map(Number)
    : most > 255
      ? Array.from({ length: Math.floor((bytes.length - start) / 2) }, (_, i) => bytes.readUInt16BE(start + 2 * i)) // prettier-ignore
      : bytes.subarray(start);
  if (samples.length < count) {
    throw new Error(`it is cut off: ${samples.length} of ${count} values`);
  }
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < data.length; i++) {
    const sample = samples[channels === 3 ? i : Math.floor(i / 3)]!;
    data[i] = most > 255 ? (255 * sample) / most : Math.min(255, Math.round((255 * sample) / most));
  }
  return { data, width, height, channels: 3 };
}
