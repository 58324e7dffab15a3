/** @file Reads a clip as `@telltale/web` does, in a worker of the test's page, and answers with what it read. */
import { openClip } from '@telltale/web';
import { inspectVideo, openTrackClip } from '@telltale/web/video';
import type { Recording } from '@telltale/core';
import { framesWithin } from '@telltale/core/video';

/** A file, its bytes in base64. */
export interface ClipRequest {
  readonly name: string;
  readonly base64: string;
  /** Whether there is FFmpeg. */
  readonly ffmpeg: boolean;
  /** A frame to read on from, by a clip of its own that WebCodecs decodes. */
  readonly from?: number;
  /** Frames of readings that end early, before the whole one. */
  readonly stops?: readonly number[];
}

/** What was read of a clip. */
export interface ReadClip {
  readonly decoder: string;
  readonly size: readonly [number, number];
  readonly rate: number;
  readonly frames: readonly ReadFrame[];
  readonly recording: Recording;
  /** Frames from the requested one on. */
  readonly rest: readonly ReadFrame[];
  /** Workers that were started for FFmpeg. */
  readonly workers: number;
}

/** A frame. */
export interface ReadFrame {
  readonly index: number;
  readonly time: number;
  /** SHA-256 of its pixels; that of nothing for a gap. */
  readonly hash: string;
  readonly isDamaged: boolean;
  readonly isCut: boolean;
}

/** Or the code of the error. */
export type ClipAnswer = ReadClip | { readonly error: string };

let workers = 0;
const startFfmpeg = (): Worker => {
  workers++;
  return new Worker(new URL('ffmpeg.worker.ts', import.meta.url), { type: 'module' });
};

addEventListener('message', ({ data }: MessageEvent<ClipRequest>) => {
  read(data).then(
    (answer) => postMessage(answer),
    (thrown: unknown) => {
      const error = thrown as Error & { code?: string; reason?: string };
      postMessage({ error: error.reason ?? error.code ?? error.stack ?? error.message });
    },
  );
});

async function read({ name, base64, ffmpeg, from, stops }: ClipRequest): Promise<ReadClip> {
  workers = 0;
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const clip = await openClip(new File([bytes], name), ffmpeg ? { ffmpeg: startFfmpeg } : {});
  for (const stop of stops ?? []) {
    let count = 0;
    const reading = clip.frames()[Symbol.asyncIterator]();
    while (count++ < stop && (await reading.next()).done !== true);
    await reading.return?.();
  }
  const frames = await framesOf(clip.frames());
  const rest = from === undefined ? [] : await restOf(new File([bytes], name), from);
  const { decoder, width, height, rate } = clip;
  clip.close();
  return {
    decoder,
    size: [width, height],
    rate,
    frames,
    rest,
    workers,
    recording: clip.recording!(),
  };
}

/** Frames from one on, which are not decoded from the start. */
async function restOf(file: File, from: number): Promise<ReadFrame[]> {
  const inspected = await inspectVideo(file, file.name);
  if (inspected.kind === 'unsupported') throw new Error(inspected.codec);
  const clip = await openTrackClip(inspected, file.name, { isIndexed: true });
  const rest = await framesOf(framesWithin(clip, [[from, Infinity]]));
  clip.close();
  return rest;
}

async function framesOf(frames: ReturnType<typeof framesWithin>): Promise<ReadFrame[]> {
  const read: ReadFrame[] = [];
  for await (const { index, time, data, isDamaged = false, isCut = false } of frames) {
    const pixels = isDamaged ? new Uint8Array(0) : Uint8Array.from(data);
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', pixels));
    const hash = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    read.push({ index, time, hash, isDamaged, isCut });
  }
  return read;
}
