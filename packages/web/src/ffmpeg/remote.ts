/**
 * @file FFmpeg's worker for a clip that is read in another worker: the page starts it and connects the two.
 *
 * A worker may start a worker itself, but in Firefox (ESR 153) its constructor sometimes never returns: in 12 of 192
 * attempts, and in none of 480 of the page.
 */

/** A worker that runs `serveFfmpeg`, or what stands for one: a `Worker`, or the result of {@link requestFfmpeg}. */
export interface FfmpegWorker {
  /** Takes what it sends. */
  onmessage: ((event: MessageEvent) => void) | null;
  /** Called where it cannot be loaded or fails. */
  onerror: ((event: ErrorEvent) => void) | null;
  /** Sends it something. */
  postMessage(message: unknown): void;
  /** Ends it. */
  terminate(): void;
}

/** Sent by a worker to its page. */
interface FfmpegRequest {
  /** For FFmpeg's worker. */
  readonly ffmpeg: MessagePort;
  /** For the page: from it the message of an error, to it the request to end the worker. */
  readonly control: MessagePort;
}

/** In a worker: has the page start FFmpeg's worker. The page must have called {@link lendFfmpeg}. */
export function requestFfmpeg(): FfmpegWorker {
  const [messages, control] = [new MessageChannel(), new MessageChannel()];
  const worker: FfmpegWorker = {
    onmessage: null,
    onerror: null,
    postMessage: (message) => messages.port1.postMessage(message),
    terminate: () => control.port1.postMessage('end'),
  };
  messages.port1.onmessage = (event) => worker.onmessage?.(event);
  control.port1.onmessage = ({ data }: MessageEvent<string>) =>
    worker.onerror?.(new ErrorEvent('error', { message: data }));
  const request: FfmpegRequest = { ffmpeg: messages.port2, control: control.port2 };
  postMessage(request, { transfer: [request.ffmpeg, request.control] });
  return worker;
}

/**
 * On the page: starts FFmpeg's worker whenever a worker requests it.
 *
 * @param worker - reads clips, and calls {@link requestFfmpeg}
 * @param start - starts a worker that runs `serveFfmpeg`
 * @returns ends the workers that were started; to be called where `worker` is ended
 */
export function lendFfmpeg(worker: Worker, start: () => Worker): () => void {
  const started = new Set<Worker>();
  worker.addEventListener('message', ({ data }: MessageEvent<Partial<FfmpegRequest> | null>) => {
    if (!(data?.ffmpeg instanceof MessagePort) || data.control === undefined) return;
    const { ffmpeg: port, control } = data;
    const ffmpeg = start();
    started.add(ffmpeg);
    ffmpeg.onerror = ({ message }) => control.postMessage(message);
    control.onmessage = () => {
      started.delete(ffmpeg);
      ffmpeg.terminate();
    };
    ffmpeg.postMessage(port, [port]);
  });
  return () => {
    for (const ffmpeg of started) ffmpeg.terminate();
    started.clear();
  };
}
