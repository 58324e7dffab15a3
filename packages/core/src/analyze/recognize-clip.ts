/**
 * @file A clip that is cut to one expression, as datasets and demonstrations are: nothing is spotted; onset, apex and
 * offset are given, or are the ends of the clip and what `findApex` finds between them.
 */
import { TelltaleError } from '../base/errors.ts';
import type { Plane } from '../base/image.ts';
import { throwIfCanceled } from '../base/pause.ts';
import { assertAttention } from '../expression/attention.ts';
import { examineExpressions } from '../expression/examine.ts';
import { magnificationFor } from '../expression/magnified.ts';
import { landmarksInCrop } from '../face/align.ts';
import { cropGray } from '../face/crop.ts';
import type { FaceRegion, Landmarks } from '../face/landmarks.ts';
import { findLandmarks } from '../face/mesh.ts';
import { composeReport, round, roundAll } from '../report/compose.ts';
import type { Expression, Moment } from '../report/report.ts';
import { findApex, lookedAt } from '../spot/apex.ts';
import { MOTION_SIZE, motionRegion } from '../spot/crop.ts';
import { curveOf } from '../spot/curve.ts';
import type { FaceMotion } from '../spot/measure.ts';
import { REGIONS } from '../spot/regions.ts';
import { SPOT_DEFAULTS, spotMovements } from '../spot/spot.ts';
import { framesWithin, type Clip } from '../video/frames.ts';
import { classify, madeBy, shownAttention, shownUnits } from './analyze.ts';
import type { Analysis, AnalysisOptions, AnalysisTools } from './analyze.ts';
import { findSubjects, measureClip } from './measure-clip.ts';
import type { MeasuredClip } from './measure-clip.ts';

/** Options of {@link recognizeClip}. */
export interface RecognizeOptions extends Omit<AnalysisOptions, 'spot'> {
  /** The last frame before the movement. @defaultValue the first frame with a face */
  readonly onset?: number | undefined;
  /** The frame at its height. @defaultValue found between onset and offset */
  readonly apex?: number | undefined;
  /** The first frame after it. @defaultValue the last frame with a face */
  readonly offset?: number | undefined;
}

/**
 * Recognizes the one expression of a clip.
 *
 * @returns like `analyze`, with exactly one expression
 * @throws TelltaleError `OPTION_INVALID` where the frames are not in the clip or not in order, `FACE_NOT_FOUND` where
 *   one of them shows no face, and what `analyze` throws
 */
export async function recognizeClip(
  clip: Clip,
  tools: AnalysisTools,
  options: RecognizeOptions = {},
): Promise<Analysis> {
  const { face, recognizer, units, openFollower } = tools;
  const { subject, attention = false, signal } = options;
  if (attention) assertAttention(recognizer);
  const onProgress = (stage: 'face' | 'movement', done: number, total?: number): void =>
    options.onProgress?.({ stage, done, ...(total === undefined ? {} : { total }) });
  const subjects =
    options.subjects ??
    (await findSubjects(clip, face, { measure: true, openFollower, signal, onProgress }));
  assertInside(options, subjects.times.length);
  const measured = await measureClip(clip, face, {
    ...{ openFollower, subject, subjects, signal, onProgress },
  });
  const { track, regions, motion, tvl1 } = measured;
  const { times } = track;
  const { onset, offset } = endsOf(motion.seen, options);
  const apex = options.apex ?? (await searchApex(clip, { ...tools, measured, onset, offset, signal })); // prettier-ignore
  const at = (frame: number): Moment => ({ frame, time: round(times[frame]!) });
  const duration = round(times[offset]! - times[onset]!);
  const kind = duration <= SPOT_DEFAULTS.longest ? 'micro' : 'macro';
  const spotting = spotMovements(motion.stretches);
  const curve = curveOf(spotting, times, motion.seen);
  const examined = examineExpressions(clip, [{ onset, apex }], {
    ...{ regions, face, tvl1, magnify: magnificationFor(recognizer, times), signal },
    onProgress: (done) => options.onProgress?.({ stage: 'expressions', done, total: times.length }),
  });
  for await (const faces of examined) {
    const expression: Expression = {
      ...{ onset: at(onset), apex: at(apex), offset: at(offset), duration, kind },
      confidence: round(confidenceOf(curve.slice(onset, offset + 1), spotting.threshold)),
      regions: roundAll(movedBetween(motion, times[onset]!, times[apex]!)),
      ...(await classify({ kind }, recognizer, faces)),
      ...shownUnits({ kind }, units, faces.image),
    };
    const report = composeReport({
      ...{ clip, times, curve, seen: motion.seen, faces: track.faces, framings: track.framings },
      ...{ interocular: motion.interocular, threshold: spotting.threshold },
      expressions: [expression],
      recognizer: recognizer?.card,
      unitsRecognizer: units?.card,
      ...(track.subject && { subject: track.subject }),
      made: [
        ...madeBy({}, { recognizer, units }, subject),
        {
          stage: 'given expression',
          version: madeBy({}, {})[0]!.version,
          options: sources(options),
        },
      ],
    });
    const images = {
      ...{ onset: faces.onset.image, apex: faces.apex.image },
      ...{ flow: faces.colors, flowImage: faces.image },
      ...(attention && (await shownAttention({ kind }, recognizer, faces))),
    };
    return { report, images: [images], regions, motion };
  }
  throw new Error('the expression was not examined');
}

/** Which moments were given, and which were found. */
function sources({ onset, apex, offset }: RecognizeOptions): Record<string, unknown> {
  const source = (frame: number | undefined): string => (frame === undefined ? 'found' : 'given');
  return { onset: source(onset), apex: source(apex), offset: source(offset) };
}

/**
 * Checks that the frames that are given are in the clip.
 *
 * @throws TelltaleError `OPTION_INVALID` naming the first that is not
 */
function assertInside({ onset, apex, offset }: RecognizeOptions, frames: number): void {
  const outside = Object.entries({ onset, apex, offset }).find(([, frame]) => (frame ?? 0) >= frames); // prettier-ignore
  if (outside === undefined) return;
  const [name, frame] = outside;
  throw new TelltaleError(
    'OPTION_INVALID',
    `the ${name} at frame ${frame!} is not in the clip, which has ${frames} frames`,
    `Give frame numbers from 0 to ${frames - 1}.`,
  );
}

/** Onset and offset, in the clip and in order with the apex. */
function endsOf(
  seen: readonly boolean[],
  { onset = seen.indexOf(true), apex, offset = seen.lastIndexOf(true) }: RecognizeOptions,
): { readonly onset: number; readonly offset: number } {
  const isInOrder = apex === undefined ? offset > onset : apex > onset && offset >= apex;
  const isInside = onset >= 0 && offset < seen.length;
  if (isInOrder && isInside) return { onset, offset };
  const shown = [onset, ...(apex === undefined ? [] : [apex]), offset].join(', ');
  throw new TelltaleError(
    'OPTION_INVALID',
    `onset, apex and offset at the frames ${shown} of ${seen.length} are not an expression`,
    `Give frame numbers from 0 to ${seen.length - 1}, the onset before the apex and the apex not behind the offset.`,
  );
}

interface SearchOptions extends AnalysisTools {
  readonly signal: AnalysisOptions['signal'] | undefined;
  readonly measured: MeasuredClip;
  readonly onset: number;
  readonly offset: number;
}

/** Reads the frames that the search looks at, all cut out by the region of the onset. */
async function searchApex(
  clip: Clip,
  { face, measured, onset, offset, signal }: SearchOptions,
): Promise<number> {
  const { regions, tvl1 } = measured;
  const frames = offset - onset + 1;
  const wanted = new Set(lookedAt(frames));
  const planes = new Map<number, Plane>();
  let start: { readonly part: FaceRegion; readonly landmarks: Landmarks } | undefined;
  for await (const frame of framesWithin(clip, [[onset, offset]])) {
    throwIfCanceled(signal);
    const index = frame.index - onset;
    if (index > frames) break;
    if (index === 0) {
      const region = regions[onset];
      if (!region) throw faceMissing(onset);
      const part = motionRegion(region);
      start = { part, landmarks: landmarksInCrop(await findLandmarks(face, frame, region), part, MOTION_SIZE) }; // prettier-ignore
    }
    if (start !== undefined && (index === 0 || wanted.has(index))) {
      planes.set(index, cropGray(frame, start.part, { size: MOTION_SIZE }));
    }
  }
  const { frame } = await findApex(
    {
      ...{ frames, onset: planes.get(0)!, landmarks: start!.landmarks },
      read: (index) => Promise.resolve(planes.get(index)!),
    },
    tvl1,
  );
  return onset + frame;
}

function faceMissing(frame: number): TelltaleError {
  return new TelltaleError(
    'FACE_NOT_FOUND',
    `frame ${frame}, the onset, shows no face`,
    'Give another frame with --onset.',
  );
}

/** How far the movement exceeds the threshold, as for spotted ones; 0 where it does not. */
function confidenceOf(curve: readonly (number | null)[], threshold: number): number {
  const peak = curve.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  return peak > threshold ? 1 - threshold / peak : 0;
}

/** Movement of each region between two times, pixels at an interocular distance of 100. */
function movedBetween({ stretches }: FaceMotion, from: number, to: number): Record<string, number> {
  const nearest = (time: number): Float64Array | undefined =>
    stretches
      .flatMap(({ samples }) => samples)
      .reduce<{ displacement: Float64Array; time: number } | undefined>(
        (best, one) =>
          best === undefined || Math.abs(one.time - time) < Math.abs(best.time - time) ? one : best,
        undefined,
      )?.displacement;
  const [start, end] = [nearest(from), nearest(to)];
  if (start === undefined || end === undefined) return {};
  return Object.fromEntries(
    REGIONS.map((region, i) => [
      region,
      Math.hypot(end[2 * i]! - start[2 * i]!, end[2 * i + 1]! - start[2 * i + 1]!),
    ]),
  );
}
