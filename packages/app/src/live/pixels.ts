/** @file Frames of a camera that wait: their pixels, copied, because a camera has only a few frames to give. */
import { openColors } from '@telltale/core/video';
import type { RgbImage } from '@telltale/core';
import type { PlanesLayout } from '@telltale/core/video';

/** A copied frame. */
export interface KeptPixels {
  /** Seconds, by the camera's clock. */
  readonly time: number;
  readonly image:
    | RgbImage
    | {
        readonly bytes: Uint8Array;
        readonly planes: PlanesLayout;
        readonly color: VideoColorSpace;
      };
}

/** Copies frames into memory that is used again. */
export interface PixelStore {
  /** Copies a frame and lets go of it. */
  keep(frame: VideoFrame): Promise<KeptPixels>;
  /** As RGB, valid until the next call; the copy may be written over. */
  convert(kept: KeptPixels): RgbImage;
}

/** Opens a store. */
export async function openPixelStore(): Promise<PixelStore> {
  const colors = await openColors();
  const free: Uint8Array[] = [];
  /** What is of another size stems from a camera that was turned. */
  const room = (length: number): Uint8Array => {
    let bytes = free.pop();
    while (bytes !== undefined && bytes.length !== length) bytes = free.pop();
    return bytes ?? new Uint8Array(length);
  };
  return {
    async keep(frame) {
      try {
        const { format, visibleRect, colorSpace, timestamp } = frame;
        const { width, height } = visibleRect!;
        const { rotation = 0 } = frame as { readonly rotation?: number };
        const time = timestamp / 1e6;
        // A camera's planes as they come; what is turned, or of another format, is drawn by the browser.
        if ((format === 'I420' || format === 'NV12') && rotation === 0) {
          const bytes = room(frame.allocationSize());
          const planes = { format, layout: await frame.copyTo(bytes), width, height };
          return { time, image: { bytes, planes, color: colorSpace } };
        }
        return { time, image: drawn(frame) };
      } finally {
        frame.close();
      }
    },
    convert({ image }) {
      if ('data' in image) return image;
      const { bytes, planes, color } = image;
      const { width, height } = planes;
      colors.room({ bytes: bytes.length, width, height }).set(bytes);
      free.push(bytes);
      return { data: colors.convert(planes, color), width, height, channels: 3 };
    },
  };
}

function drawn(frame: VideoFrame): RgbImage {
  const [width, height] = [frame.displayWidth, frame.displayHeight];
  const context = new OffscreenCanvas(width, height).getContext('2d', {
    willReadFrequently: true,
  })!;
  context.drawImage(frame, 0, 0, width, height);
  return { data: context.getImageData(0, 0, width, height).data, width, height, channels: 4 };
}
