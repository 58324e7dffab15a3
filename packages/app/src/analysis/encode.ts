/** @file Frames as an mp4 in memory, encoded by the browser: for the demonstration, previews and the camera. */
import {
  BufferTarget,
  getFirstEncodableVideoCodec,
  Mp4OutputFormat,
  Output,
  Quality,
  VideoSample,
  VideoSampleSource,
} from 'mediabunny';

import { PageError } from '../session/problem.ts';

/** One frame for the encoder. */
export interface Raw {
  readonly data: Uint8Array;
  readonly format: 'I420' | 'RGBX';
  /** Seconds from the first frame. */
  readonly time: number;
  readonly color?: VideoColorSpaceInit | undefined;
}

/** An encoder that takes frames one by one. */
export interface Encoder {
  add(raw: Raw): Promise<void>;
  /** Returns the file; nothing can be added afterwards. */
  finish(): Promise<Blob>;
}

/**
 * Whether asking for an encoder ends the page: WebKitGTK (2.50, GStreamer 1.22), known by being isolated without shared
 * memory.
 */
const crashes = (): boolean =>
  globalThis.crossOriginIsolated && typeof SharedArrayBuffer === 'undefined';

/**
 * Opens an encoder for frames of one size.
 *
 * @throws PageError `BROWSER_TOO_OLD` where the browser encodes no video
 */
export async function openEncoder(size: {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Frames per second. */
  readonly rate: number;
}): Promise<Encoder> {
  const { width, height, rate } = size;
  const codec =
    typeof VideoEncoder === 'undefined' || crashes()
      ? null
      : await getFirstEncodableVideoCodec(['avc', 'vp9', 'vp8', 'av1'], { width, height });
  if (codec === null) throw new PageError('BROWSER_TOO_OLD');
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: 'in-memory' }), target });
  // A bit per pixel keeps movements of a fraction of a pixel.
  const quality = new Quality({ bitrate: Math.max(2e6, Math.round(width * height * rate)) });
  const source = new VideoSampleSource({ codec, quality, keyFrameInterval: 1 });
  output.addVideoTrack(source, { frameRate: rate });
  await output.start();
  return {
    async add({ data, format, time, color }) {
      const sample = new VideoSample(data, {
        format,
        codedWidth: width,
        codedHeight: height,
        timestamp: time,
        duration: 1 / rate,
        ...(color !== undefined && { colorSpace: color }),
      });
      await source.add(sample);
      sample.close();
    },
    async finish() {
      await output.finalize();
      return new Blob([target.buffer!], { type: 'video/mp4' });
    },
  };
}
