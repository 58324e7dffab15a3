/**
 * @file The path of a clip: face, movement, spotting, flow, recognition, report. The only file that
 * knows the order of the stages.
 *
 * The clip is decoded again instead of being kept: once to find the face and, about a second later, when its region is
 * smoothed with the future in sight, to measure its movement; once around what was spotted, to fetch onsets and apexes. Of
 * several faces, movement is measured in a reading of its own, when it is known whose.
 */
import type { RgbImage } from '../base/image.ts';
import type { Cancellation } from '../base/pause.ts';
import { VERSION } from '../base/version.ts';
import { assertAttention, lookAt, type ExpressionAttention } from '../expression/attention.ts';
import { classifyExpression, type ExpressionFaces } from '../expression/classify.ts';
import { examineExpressions } from '../expression/examine.ts';
import { ALPHA, magnificationFor, WARM_UP } from '../expression/magnified.ts';
import type { FaceRegion } from '../face/landmarks.ts';
import type { FaceChoice } from '../face/subjects.ts';
import { FACE_NETWORKS, type FaceModels } from '../face/models.ts';
import { DETECTION_INTERVAL } from '../face/track.ts';
import { FAST, LIKE_OPENCV } from '../motion/tvl1-options.ts';
import type { Recognizer } from '../recognize/recognizer.ts';
import { recognizeUnits, type UnitsModel } from '../units/model.ts';
import { composeReport, round, roundAll } from '../report/compose.ts';
import type { Candidate, Expression, Moment, Report } from '../report/report.ts';
import { curveOf, nearestTime } from '../spot/curve.ts';
import type { FaceMotion } from '../spot/measure.ts';
import { clipQuality } from '../spot/quality.ts';
import { spotWithMargin } from '../spot/margin.ts';
import { SPOT_DEFAULTS, type Movement, type SpotOptions } from '../spot/spot.ts';
import type { Clip } from '../video/frames.ts';
import type { OpenFollower } from '../spot/follow.ts';
import { measureClip, type WhoOptions } from './measure-clip.ts';
import { movesByRegion, regionMoves } from './region-moves.ts';

/** What the analysis needs besides the clip. */
export interface AnalysisTools {
  /** From `openFaceModels`. */
  readonly face: FaceModels;
  /** From `openRecognizer`; without it movements are spotted but not classified. */
  readonly recognizer?: Recognizer | undefined;
  /** From `readUnitsModel`; without it action units are not recognized. */
  readonly units?: UnitsModel | undefined;
  /** Measures movement elsewhere, beside the networks. @defaultValue in this thread */
  readonly openFollower?: OpenFollower | undefined;
}

/** How far the analysis is. */
export interface AnalysisProgress {
  /**
   * `face`, `movement`, `expressions`, in this order. Where a face is alone, its movement is measured in the first
   * reading of the clip, and the second stage has only its end.
   */
  readonly stage: 'face' | 'movement' | 'expressions';
  /** Frames done in this stage. */
  readonly done: number;
  /** Frames in all, where known. */
  readonly total?: number;
}

/** Options of {@link analyze}. */
export interface AnalysisOptions extends WhoOptions {
  /** How spotting decides. */
  readonly spot?: SpotOptions;
  /** Whether to show where the recognizer's attention looks, where flow drives it. @defaultValue false */
  readonly attention?: boolean;
  /** Stops the work: an `AbortSignal`. */
  readonly signal?: Cancellation;
  /** Called after each frame of each reading. */
  readonly onProgress?: (progress: AnalysisProgress) => void;
}

/** The images that show one expression. */
export interface ExpressionImages {
  /** The face at the onset, RGB, 224×224. */
  readonly onset: RgbImage;
  /** The face at the apex, RGB, 224×224. */
  readonly apex: RgbImage;
  /** Flow from onset to apex on the color wheel, 224×224. */
  readonly flow: RgbImage;
  /** What the recognizer was given: u, v and strain, 28×28. */
  readonly flowImage: RgbImage;
  /** Where its attention looked; present where that was requested, for all but blinks. */
  readonly attention?: ExpressionAttention;
}

/** The result of {@link analyze}. */
export interface Analysis {
  /** What `telltale analyze` writes as `report.json`. */
  readonly report: Report;
  /** One per expression of the report, in its order. */
  readonly images: readonly ExpressionImages[];
  /** Where the face is, one per frame, smoothed over time; null where there is none. */
  readonly regions: readonly (FaceRegion | null)[];
  /** How the regions of the face moved, from which movements were spotted. Absent in an analysis from a saved report. */
  readonly motion?: FaceMotion;
}

/**
 * Analyzes a clip of a face.
 *
 * @throws TelltaleError `FACE_NOT_FOUND` where no frame shows a face, `OPTION_INVALID` where no subject has that number, `FRAMES_EMPTY` where there is no
 *   frame, `OPTION_INVALID` where `attention` is requested and no flow drives the recognizer's, `CANCELED` after the
 *   signal, and what the clip throws while it is decoded.
 */
export async function analyze(
  clip: Clip,
  tools: AnalysisTools,
  { spot = {}, subject, subjects, attention = false, signal, onProgress }: AnalysisOptions = {},
): Promise<Analysis> {
  const { face, recognizer, units, openFollower } = tools;
  if (attention) assertAttention(recognizer);
  const progress = (stage: AnalysisProgress['stage'], done: number, total?: number): void =>
    onProgress?.({ stage, done, ...(total === undefined ? {} : { total }) });

  const { track, regions, motion, tvl1 } = await measureClip(clip, face, {
    ...{ openFollower, subject, subjects, signal },
    onProgress: progress,
  });
  const { times } = track;
  const spotting = spotWithMargin(motion.stretches, spot);
  const moments = spotting.movements.map((movement) => momentsOf(movement, times, regions));
  const expressions: Expression[] = [];
  const images: ExpressionImages[] = [];
  const examined = examineExpressions(
    clip,
    moments.map(({ onset, apex }) => ({ onset: onset.frame, apex: apex.frame })),
    {
      ...{ regions, face, tvl1, magnify: magnificationFor(recognizer, times), signal },
      onProgress: (done) => progress('expressions', done, times.length),
    },
  );
  for await (const { index, ...faces } of examined) {
    const movement = spotting.movements[index]!;
    const { onset, apex, offset } = moments[index]!;
    images[index] = {
      onset: faces.onset.image,
      apex: faces.apex.image,
      flow: faces.colors,
      flowImage: faces.image,
      ...(attention && (await shownAttention(movement, recognizer, faces))),
    };
    expressions[index] = {
      onset,
      apex,
      offset,
      duration: round(offset.time - onset.time),
      kind: movement.kind,
      confidence: round(movement.confidence),
      regions: roundAll(movement.regions),
      ...(movement.lips !== undefined && { lips: round(movement.lips) }),
      ...(await classify(movement, recognizer, faces)),
      ...shownUnits(movement, units, faces.image),
      ...(movement.atEdge && { atEdge: true }),
    };
  }
  const momentAt = (time: number): Moment => {
    const frame = nearestTime(times, time);
    return { frame, time: round(times[frame]!) };
  };
  const described = (movement: Movement): Candidate => {
    const { onset, apex, offset } = momentsOf(movement, times, regions);
    const { kind } = movement;
    const duration = round(offset.time - onset.time);
    return { onset, apex, offset, duration, kind, regions: roundAll(movement.regions) };
  };
  const report = composeReport({
    clip,
    times,
    seen: motion.seen,
    faces: track.faces,
    framings: track.framings,
    ...(track.damaged && { damaged: track.damaged }),
    ...(track.interrupted && { interrupted: track.interrupted }),
    cuts: track.cuts,
    interocular: motion.interocular,
    curve: curveOf(spotting, times, motion.seen),
    threshold: spotting.threshold,
    regions: movesByRegion(regionMoves(motion, times)),
    expressions,
    candidates: spotting.rejected.map(described),
    setAside: spotting.setAside.map((movement) => ({ ...described(movement), why: movement.why })),
    speech: spotting.speech.map(({ start, end }) => ({
      start: momentAt(start),
      end: momentAt(end),
    })),
    quality: clipQuality(motion.stretches),
    recognizer: recognizer?.card,
    unitsRecognizer: units?.card,
    ...(track.subject && { subject: track.subject }),
    made: madeBy(spot, { recognizer, units }, subject),
  });
  return { report, images, regions, motion };
}

/** Frames of a movement: the nearest to each time, onset before apex. */
function momentsOf(
  { onset, apex, offset }: Movement,
  times: readonly number[],
  regions: readonly (FaceRegion | null)[],
): { readonly onset: Moment; readonly apex: Moment; readonly offset: Moment } {
  const at = (frame: number): Moment => ({ frame, time: round(times[frame]!) });
  // A frame without a face may lie within a movement.
  const seen = (time: number): number => {
    const nearest = nearestTime(times, time);
    for (let away = 0; away < times.length; away++) {
      const found = [nearest - away, nearest + away].find((frame) => regions[frame]);
      if (found !== undefined) return found;
    }
    return nearest;
  };
  const middle = seen(apex);
  // A movement within one frame still needs two different frames to be seen in.
  const before = regions[middle - 1] ? middle - 1 : middle;
  const start = Math.min(seen(onset), before);
  return {
    onset: at(start),
    apex: at(middle),
    offset: at(Math.max(middle, seen(offset))),
  };
}

/** The recognizer's answer; blinks are not expressions. */
export async function classify(
  { kind }: Pick<Movement, 'kind'>,
  recognizer: Recognizer | undefined,
  faces: ExpressionFaces,
): Promise<Pick<Expression, 'classes' | 'verdict'>> {
  if (recognizer === undefined || kind === 'blink') return {};
  const { classes, verdict } = await classifyExpression(recognizer, faces);
  return { classes: roundAll(classes), verdict };
}

/** Where the recognizer's attention looks; blinks are not classified. */
export async function shownAttention(
  { kind }: Pick<Movement, 'kind'>,
  recognizer: Recognizer | undefined,
  faces: ExpressionFaces,
): Promise<Pick<ExpressionImages, 'attention'>> {
  return kind === 'blink' ? {} : { attention: await lookAt(recognizer, faces) };
}

/** The units that an expression shows; a blink shows none of them. */
export function shownUnits(
  { kind }: Pick<Movement, 'kind'>,
  model: UnitsModel | undefined,
  image: RgbImage,
): Pick<Expression, 'units'> {
  if (model === undefined || kind === 'blink') return {};
  const answers = recognizeUnits(model, image);
  return {
    units: answers.map((one) => ({
      ...one,
      ...{ probability: round(one.probability), decision: round(one.decision) },
    })),
  };
}

/** The stages with the options that matter. */
export function madeBy(
  spot: SpotOptions,
  { recognizer, units }: Pick<AnalysisTools, 'recognizer' | 'units'>,
  subject?: FaceChoice,
): Report['made'] {
  const stages: [stage: string, options: Readonly<Record<string, unknown>>][] = [
    [
      'face',
      {
        networks: FACE_NETWORKS,
        lookInterval: DETECTION_INTERVAL,
        ...(subject !== undefined && { subject }),
      },
    ],
    ['movement', { flow: { ...FAST } }],
    ['spotting', { ...SPOT_DEFAULTS, ...spot }],
    [
      'flow image',
      { cut: 'onset region, moved with the head at the apex', flow: { ...LIKE_OPENCV } },
    ],
  ];
  if (recognizer?.images.includes('magnified') === true)
    stages.push(['magnified apex', { alpha: recognizer.alpha ?? ALPHA, warmUp: WARM_UP }]);
  if (recognizer !== undefined) stages.push(['recognizer', { weights: recognizer.card.weights }]);
  if (units !== undefined) stages.push(['action units', { weights: units.card.weights }]);
  return stages.map(([stage, options]) => ({ stage, version: VERSION, options }));
}
