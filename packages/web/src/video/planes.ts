/** @file The same planes in every browser: a track by WebCodecs, or by FFmpeg where WebCodecs gives only RGB. */
import { WebError, type WebErrorReason } from '../errors.ts';
import { openFfmpegClip, type FfmpegClipOptions } from '../ffmpeg/ffmpeg-clip.ts';
import type { OpenClip } from './open-clip.ts';
import { hasPlanes, openTrackClip, type InspectedVideo } from './webcodecs-clip.ts';

type InspectedTrack = Extract<InspectedVideo, { readonly kind: 'track' }>;

/** Reasons for which a track is read by WebCodecs after all. */
const NOT_BY_FFMPEG: ReadonlySet<WebErrorReason> = new Set([
  'CODEC_UNSUPPORTED',
  'DECODER_MISSING',
]);

/**
 * Opens a track so that its frames are converted from the decoder's planes: by WebCodecs where it hands them out, else
 * by FFmpeg. Where that cannot decode it either, the frames are those that the browser converted.
 *
 * @throws WebError as `openTrackClip` and {@link openFfmpegClip}
 */
export async function openPlanes(
  inspected: InspectedTrack,
  name: string,
  ffmpeg: Pick<FfmpegClipOptions, 'start'> | undefined,
): Promise<OpenClip> {
  const track = await openTrackClip(inspected, name);
  if (ffmpeg === undefined || (await hasPlanes(inspected.track))) return track;
  const codec = (await inspected.track.getCodec()) ?? 'unknown';
  try {
    const clip = await openFfmpegClip(inspected.file, { name, codec, ...ffmpeg });
    track.close();
    return clip;
  } catch (error) {
    if (error instanceof WebError && NOT_BY_FFMPEG.has(error.reason)) return track;
    track.close();
    throw error;
  }
}
