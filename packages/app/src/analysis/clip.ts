/** @file A clip of the page: decoded by the browser or by FFmpeg, then with a copy that the browser can show. */
import { clipPart, type ClipPart } from '@telltale/core/video';
import { openFfmpegClip, requestFfmpeg, type FfmpegWorker } from '@telltale/web/ffmpeg';
import { inspectVideo, openPlanes, type OpenClip } from '@telltale/web/video';

import { openEncoder, type Encoder } from './encode.ts';
import { rgbaOf } from './images.ts';

/** An open clip. */
export interface PageClip extends OpenClip {
  /** A copy that the browser can show, after the clip was read once; only of a clip that FFmpeg decodes. */
  preview?(): Promise<Blob | undefined>;
}

/**
 * Opens a file, or a part of it.
 *
 * @param onDecoder - called before FFmpeg is loaded
 * @throws WebError where nothing decodes it
 */
export async function openPageClip(
  file: Blob,
  name: string,
  {
    part = {},
    onDecoder,
  }: { readonly part?: ClipPart | undefined; readonly onDecoder: () => void },
): Promise<PageClip> {
  const inspected = await inspectVideo(file, name);
  if (inspected.kind === 'track') {
    const announced = (): FfmpegWorker => {
      onDecoder();
      return requestFfmpeg();
    };
    return clipPart(await openPlanes(inspected, name, { start: announced }), part);
  }
  onDecoder();
  let reading = 0;
  let encoder: Encoder | undefined;
  let preview: Promise<Blob> | undefined;
  const whole = await openFfmpegClip(file, { name, codec: inspected.codec, start: requestFfmpeg });
  const clip = clipPart(whole, part);
  const { width, height } = clip;
  return {
    ...clip,
    get firstFrame() {
      return clip.firstFrame;
    },
    async *frames() {
      reading++;
      if (reading > 1) {
        yield* clip.frames();
        return;
      }
      encoder = await openEncoder({ width, height, rate: 30 }).catch(() => undefined);
      let start: number | undefined;
      for await (const frame of clip.frames()) {
        start ??= frame.time;
        await encoder?.add({
          data: new Uint8Array(rgbaOf(frame).buffer),
          format: 'RGBX',
          time: frame.time - start,
        });
        yield frame;
      }
      preview = encoder?.finish();
    },
    preview: () => preview ?? Promise.resolve(undefined),
  };
}
