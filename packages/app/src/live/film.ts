/** @file The camera's frames on their way to a worker, past the page, which is busy with other things at times. */

/** Chromium's API; TypeScript's library does not declare it. */
type OpenFilm = new (options: {
  readonly track: MediaStreamTrack;
  readonly maxBufferSize: number;
}) => { readonly readable: ReadableStream<VideoFrame> };

/** Frames that wait in the browser for a worker that is busy. They are the camera's own, of which it has about ten. */
const WAITING = 4;

/**
 * All frames of a camera, to be transferred to a worker.
 *
 * @returns undefined where the browser has no such stream: frames are taken from a `<video>` element there
 */
export function filmOf(track: MediaStreamTrack): ReadableStream<VideoFrame> | undefined {
  const { MediaStreamTrackProcessor: Open } = globalThis as {
    readonly MediaStreamTrackProcessor?: OpenFilm;
  };
  return Open && new Open({ track, maxBufferSize: WAITING }).readable;
}

/** In a worker: takes one frame after another until the camera ends. */
export async function takeAll(
  frames: ReadableStream<VideoFrame>,
  take: (frame: VideoFrame) => Promise<void>,
): Promise<void> {
  const reader = frames.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    await take(value);
  }
}
