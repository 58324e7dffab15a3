/** @file What was found in a clip, to look at: the clip with annotations in it, and a short clip of each event. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';

import { findSubjects, TelltaleError } from '@telltale/core';
import type { Clip, Expression, Frame, Report, Subjects } from '@telltale/core';
import { hideFaces } from '@telltale/core/face';
import { magnifyClip } from '@telltale/core/magnify';
import { AROUND_EVENT } from '@telltale/core/report';
import { clipPart } from '@telltale/core/video';
import type { ClipPart } from '@telltale/core/video';
import { openTools, whyUnreadable, writeVideo } from '@telltale/node';
import { assertWritable } from '@telltale/node/output';

import { openPart } from '../analyze/part-options.ts';
import { assertFree } from '../io/free.ts';
import type { Overwrite } from '../io/free.ts';
import { readReportFile } from '../io/report-file.ts';
import { countOf, openProgress } from '../terminal.ts';
import type { Progress } from '../terminal.ts';
import { badge, box, KIND_COLORS, placeOf, strip, withStrip, type Canvas } from './draw.ts';
import { writeGif, type TimedFrame } from './gif.ts';

/** Options of the command. */
export interface ShowRun extends Overwrite {
  readonly out: string;
  /** Frames per second. */
  readonly fps?: number | undefined;
  readonly rotate?: 90 | 180 | 270 | undefined;
  readonly gif: boolean;
  readonly blinks: boolean;
  /** Whether the whole clip is written with annotations. */
  readonly annotated: boolean;
  /** Factor of the magnified clips. */
  readonly alpha?: number | undefined;
  /** Whether faces are hidden. */
  readonly blur: boolean;
}

/** Name of the whole clip with annotations. */
const ANNOTATED = 'annotated.mp4';
/** Height of the strip, parts of the height of the frame. */
const STRIP = 0.14;
/** More than the times of a frame in a report and in another decoder differ by, seconds. */
const TOLERANCE = 0.002;
const ENCODING = { preset: 'superfast', quality: 16, keepTimes: true } as const;

/**
 * Writes `annotated.mp4` and, for each event, `event-N.mp4` and `event-N-magnified.mp4`, or GIF.
 *
 * @param source - report.json, or the folder that holds it
 * @throws TelltaleError for any problem with the clip, the report or the output
 */
export async function runShow(
  path: string,
  source: string,
  options: ShowRun,
  signal: AbortSignal,
): Promise<void> {
  const report = await reportAt(source);
  const { out } = options;
  await assertWritable(out, 'folder');
  const shown = shownEvents(report, options);
  await assertFree([...(options.annotated ? [join(out, ANNOTATED)] : []), ...shown.map(({ target }) => target)], options); // prettier-ignore
  const { fps, rotate = report.clip.rotated } = options;
  const clip = await openPart(path, { fps, rotate, ...analyzedPart(report) });
  const progress = openProgress();
  try {
    assertSame(clip, report);
    const tools = await openTools({ recognizer: false });
    let subjects: Subjects;
    try {
      subjects = await findSubjects(clip, tools.face, {
        signal,
        onProgress: (_, done, total) => progress.update(`finding the face: frame ${countOf(done, total)}`), // prettier-ignore
      });
    } finally {
      await tools.close();
    }
    const context: Context = { report, subjects, options, signal, progress };
    const written: string[] = [];
    if (options.annotated) {
      const target = join(out, ANNOTATED);
      await writeVideo(target, annotated(clip, context), { ...ENCODING, rate: clip.rate });
      written.push(target);
    }
    for (const { event, number, isMagnified, target } of shown) {
      progress.update(`writing event ${number}${isMagnified ? ', magnified' : ''}`);
      const frames = eventFrames(clip, event, { ...context, isMagnified });
      if (options.gif) await writeGif(target, frames);
      else await writeVideo(target, frames, { ...ENCODING, rate: clip.rate });
      written.push(target);
    }
    progress.end();
    for (const target of written) process.stdout.write(`${target}\n`);
    if (written.length === 0) process.stderr.write('The report has no event to show.\n');
  } finally {
    progress.end();
    await clip.close();
  }
}

interface ShownEvent {
  readonly event: Expression;
  readonly number: number;
  readonly isMagnified: boolean;
  /** Path of its clip. */
  readonly target: string;
}

/** The clips of events that are wanted, plain and magnified. */
function shownEvents({ expressions }: Report, { out, blinks, gif }: ShowRun): ShownEvent[] {
  return expressions.flatMap((event, i) => {
    if (event.kind === 'blink' && !blinks) return [];
    return [false, true].map((isMagnified) => ({
      ...{ event, number: i + 1, isMagnified },
      target: join(out, `event-${i + 1}${isMagnified ? '-magnified' : ''}.${gif ? 'gif' : 'mp4'}`),
    }));
  });
}

interface Context {
  readonly report: Report;
  readonly subjects: Subjects;
  readonly options: ShowRun;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

async function reportAt(source: string): Promise<Report> {
  const isFolder = (await stat(source).catch(() => undefined))?.isDirectory() === true;
  const path = isFolder ? join(source, 'report.json') : source;
  try {
    return await readReportFile(path);
  } catch (error) {
    if (error instanceof TelltaleError) throw error;
    throw new TelltaleError('FILE_MISSING', whyUnreadable(path, error), 'Give report.json, or the folder of one clip that telltale analyze wrote.', { cause: error }); // prettier-ignore
  }
}

/**
 * Where a part was analyzed, that part: subjects have the numbers that they have in it, and faces are known in it only.
 */
function analyzedPart({ clip, movement: { times } }: Report): ClipPart {
  if (clip.firstFrame === undefined) return {};
  const around = Math.min(TOLERANCE, 0.25 / clip.rate);
  return { from: Math.max(0, times[0]! - around), to: times.at(-1)! + around };
}

/** A report of another clip would annotate what is not there; a clip may have been renamed. */
function assertSame(clip: Clip, { clip: analyzed }: Report): void {
  if (clip.width === analyzed.width && clip.height === analyzed.height) {
    if (clip.name === analyzed.name) return;
    process.stderr.write(`The report is of ${analyzed.name}, not of ${clip.name}: events are where that clip has them.\n`); // prettier-ignore
    return;
  }
  throw new TelltaleError(
    'OPTION_INVALID',
    `the report is of a clip of ${analyzed.width} × ${analyzed.height} pixels, ${clip.name} has ${clip.width} × ${clip.height}`,
    'Give the clip that was analyzed; with --rotate, if it was given then.',
  );
}

/** The frame's pixels, as RGB of its own; faces hidden where wanted. */
function canvasOf(frame: Frame, index: number, { subjects, options }: Context): Canvas {
  const hidden = options.blur ? subjects.regionsAt(index) : [];
  const { data, width, height } = hideFaces(frame, hidden);
  return { data: new Uint8Array(data.buffer, data.byteOffset, data.length), width, height };
}

async function* annotated(clip: Clip, context: Context): AsyncGenerator<TimedFrame> {
  const { report, subjects, signal, progress } = context;
  const { regions } = subjects.track(report.face.subject?.number ?? 'largest');
  const below = strip(report, clip.width, 2 * Math.round((STRIP * clip.height) / 2));
  const place = placeOf(report.movement.times, clip.width);
  const height = Math.max(14, clip.height / 18);
  let before: number | undefined;
  for await (const frame of clip.frames()) {
    signal.throwIfAborted();
    const { index, time } = frame;
    const canvas = canvasOf(frame, index, context);
    const now = report.expressions.flatMap(({ kind, onset, offset }, i) =>
      time >= onset.time && time <= offset.time
        ? [{ number: i + 1, color: KIND_COLORS[kind] }]
        : [],
    );
    const region = regions[index];
    if (region) box(canvas, region, now[0]?.color ?? [255, 255, 255]);
    now.forEach((one, i) => badge(canvas, { ...one, height, x: 8 + 3 * i * height, y: 8 }));
    // A part is shown from 0 s on.
    before ??= clip.firstFrame === undefined ? 0 : time;
    yield { ...withStrip(canvas, below, place(time)), channels: 3, time: time - before };
    progress.update(`annotating: frame ${countOf(index + 1, clip.expectedFrames)}`);
  }
}

async function* eventFrames(
  clip: Clip,
  { onset, offset }: Expression,
  context: Context & { readonly isMagnified: boolean },
): AsyncGenerator<TimedFrame> {
  const { options, signal } = context;
  const part = clipPart(clip, {
    from: Math.max(0, onset.time - AROUND_EVENT),
    to: offset.time + AROUND_EVENT,
  });
  const shown = context.isMagnified
    ? magnifyClip(part, { ...(options.alpha !== undefined && { alpha: options.alpha }), signal })
    : part;
  let start: number | undefined;
  for await (const frame of shown.frames()) {
    signal.throwIfAborted();
    start ??= frame.time;
    const { data, width, height } = canvasOf(frame, (part.firstFrame ?? 0) + frame.index, context);
    yield { data, width, height, channels: 3, time: frame.time - start };
  }
}
