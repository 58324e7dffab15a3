/**
 * @file Decodes with the programs `ffmpeg` and `ffprobe` where they are installed.
 *
 * What is requested of them and what their answers mean is the same wherever FFmpeg runs (`@telltale/core/video`).
 */
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';

import {
  assembleFrames,
  createFrameLog,
  frameBytesOf,
  frameWords,
  inputOf,
  probedVideo,
  probeWords,
  ratesStated,
  rateWords,
  truncationBy,
} from '@telltale/core/video';
import type {
  DecodedFrame,
  FfmpegInput,
  FfmpegVideo,
  FrameInfo,
  VideoStream,
} from '@telltale/core/video';

import { unreadable } from './stream.ts';

const programs = new Map<string, Promise<boolean>>();

/** Whether a program can be started; checked once per name. */
export function hasProgram(name: string): Promise<boolean> {
  const known = programs.get(name) ?? startsUp(name);
  programs.set(name, known);
  return known;
}

async function startsUp(name: string): Promise<boolean> {
  const child = spawn(name, ['-version'], { stdio: 'ignore' });
  try {
    await once(child, 'exit');
    return true;
  } catch {
    return false;
  }
}

/**
 * Opens a video file and reads its properties.
 *
 * @param end - where the recording ends, if the file has another behind it, bytes
 * @throws TelltaleError `VIDEO_UNREADABLE`
 */
export async function openWithFfmpeg(path: string, end?: number): Promise<VideoStream> {
  const file = `file:${resolve(path)}`;
  const part = end === undefined ? file : `subfile,,start,0,end,${end},,:${file}`;
  const input = inputOf(part, await headOf(path));
  const probe = await run('ffprobe', probeWords(input));
  if (probe.code !== 0) throw await unreadable(path, lastLine(probe.errors));
  const video = probedVideo(probe.output);
  if (video === 'image') throw await unreadable(path, 'it is an image, a playlist or a text');
  if (video === 'no-video') throw await unreadable(path, 'it contains no video');
  return {
    ...video,
    ...(video.isRaw && !(await statesRate(file, video)) && { isRateAssumed: true }),
    decoder: 'ffmpeg',
    decode: (onTruncated) => decode(path, input, { video, onTruncated }),
  };
}

async function headOf(path: string): Promise<Uint8Array> {
  const handle = await open(path);
  try {
    return (await handle.read(Buffer.alloc(16), 0, 16, 0)).buffer;
  } finally {
    await handle.close();
  }
}

async function statesRate(file: string, video: FfmpegVideo): Promise<boolean> {
  const probe = await run('ffprobe', rateWords(file, video));
  return probe.code === 0 && ratesStated(probe.output);
}

async function* decode(
  path: string,
  input: FfmpegInput,
  {
    video,
    onTruncated,
  }: { readonly video: FfmpegVideo; readonly onTruncated: (why: string) => void },
): AsyncGenerator<DecodedFrame> {
  const child = spawn('ffmpeg', frameWords(input, video, 'pipe:1'), {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = watchLog(child);
  const left = once(child, 'close');
  const assembly = assembleFrames(video);
  try {
    let shown = 0;
    const blocks = blocksOf(child.stdout);
    for (;;) {
      const info = await log.info(shown);
      if (info === undefined) break;
      const data = await blocks.take(frameBytesOf(info, video));
      if (data === undefined) break;
      yield* assembly.next(data, info);
      shown++;
    }
    const [code] = (await left) as [number | null];
    if (shown > 0) {
      yield* assembly.rest(log.damage());
    } else if (code !== 0 || log.errors.length > 0) {
      throw await unreadable(path, log.errors.at(-1) ?? `ffmpeg exited with ${code}`);
    }
    const truncated = truncationBy(video, log.cutOff());
    if (truncated !== undefined) onTruncated(truncated);
  } finally {
    child.kill('SIGKILL');
    // It is not closed while there is output to be read.
    child.stdout.destroy();
    child.stderr.destroy();
    await left;
  }
}

/** Follows the log of ffmpeg. */
function watchLog(child: ChildProcessByStdio<null, Readable, Readable>): {
  info: (index: number) => Promise<FrameInfo | undefined>;
  errors: readonly string[];
  damage: () => number;
  cutOff: () => string | undefined;
} {
  const log = createFrameLog();
  let rest = '';
  let ended = false;
  let wake = (): void => undefined;
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) log.line(line);
    wake();
  });
  child.stderr.on('end', () => {
    ended = true;
    wake();
  });
  return {
    ...log,
    async info(index) {
      for (;;) {
        const info = log.take(index);
        if (info !== undefined || ended) return info;
        await new Promise<void>((resume) => {
          wake = resume;
        });
      }
    },
  };
}

/** Takes blocks of any size from a stream; an incomplete last block is dropped. */
function blocksOf(stream: Readable): { take(size: number): Promise<Uint8Array | undefined> } {
  const chunks = (stream as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  let chunk: Uint8Array = new Uint8Array(0);
  return {
    async take(size) {
      const block = new Uint8Array(size);
      let filled = 0;
      while (filled < size) {
        if (chunk.length === 0) {
          const next = await chunks.next();
          if (next.done === true) return undefined;
          chunk = next.value;
        }
        const part = chunk.subarray(0, size - filled);
        block.set(part, filled);
        filled += part.length;
        chunk = chunk.subarray(part.length);
      }
      return block;
    },
  };
}

async function run(
  program: string,
  args: readonly string[],
): Promise<{ code: number | null; output: string; errors: string }> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output, errors };
}

function lastLine(text: string): string {
  return (
    text
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/^.*?: /, '') || 'ffprobe gives no reason'
  );
}
