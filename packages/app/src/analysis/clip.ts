/** @file A clip of the page: decoded by the browser or by FFmpeg, then with a copy that the browser can show. */
import { openFfmpegClip } from '@telltale/web/ffmpeg';
import { inspectVideo, openPlanes, type OpenClip } from '@telltale/web/video';

import { openEncoder, type Encoder } from './encode.ts';
import { rgbaOf } from './images.ts';

/** An open clip. */
export interface PageClip extends OpenClip {
  /** A copy that the browser can show, after the clip was read once; only of a clip that FFmpeg decodes. */
  preview?(): Promise<Blob | undefined>;
}

/**
 * Opens a file.
 *
 * @param onDecoder - called before FFmpeg is loaded
 * @throws WebError where nothing decodes it
 */
export async function openPageClip(
  file: Blob,
  name: string,
  onDecoder: () => void,
): Promise<PageClip> {
  const inspected = await inspectVideo(file, name);
  const start = (): Worker =>
    new Worker(new URL('./ffmpeg.worker.ts', import.meta.url), { type: 'module' });
  if (inspected.kind === 'track') {
    const announced = (): Worker => {
      onDecoder();
      return start();
    };
    return openPlanes(inspected, name, { start: announced });
  }
  onDecoder();
  let reading = 0;
  let encoder: Encoder | undefined;
  let preview: Promise<Blob> | undefined;
  const clip = await openFfmpegClip(file, { name, codec: inspected.codec, start });
  const { width, height } = clip;
  return {
    ...clip,
    async *frames() {
      reading++;
      if (reading > 1) {
        yield* clip.frames();
        return;
      }
      encoder = await openEncoder({ width, height, rate: 30 }).catch(() => undefined);
      for await (const frame of clip.frames()) {
        await encoder?.add({
          data: new Uint8Array(rgbaOf(frame).buffer),
          format: 'RGBX',
          time: frame.time,
        });
        yield frame;
      }
      preview = encoder?.finish();
    },
    preview: () => preview ?? Promise.resolve(undefined),
  };
}
