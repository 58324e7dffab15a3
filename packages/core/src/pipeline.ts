/**
 * @file The path of a clip: face, movement, spotting, flow, recognition, report. The only file that
 * knows the order of the stages.
 *
 * The clip is decoded three times instead of being kept: once to find the face, so that its region can
 * be smoothed with the future in sight; once to watch it; once to fetch the onset and apex of what was
 * spotted.
 */
import { TelltaleError } from './base/errors.ts';
import type { Picture } from './base/image.ts';
import { throwIfCanceled, type Cancellation } from './base/pause.ts';
import { VERSION } from './base/version.ts';
import type { FaceRegion } from './face/landmarks.ts';
import { findLandmarks } from './face/mesh.ts';
import type { FaceModels } from './face/models.ts';
import type { FaceTrack } from './face/track.ts';
import { FAST, LIKE_OPENCV } from './motion/tvl1-options.ts';
import { verdictOf } from './recognize/card.ts';
import { cutFace, expressionFlow, picturesFor, type FaceCut } from './recognize/expression-flow.ts';
import type { Look, Recognizer } from './recognize/recognizer.ts';
import { caveatSentence, caveatsOf } from './report/caveats.ts';
import type { Expression, Moment, Report, Stretch } from './report/report.ts';
import { LOOK_INTERVAL, watchClip } from './spot/clip.ts';
import { curveOf, nearestTime } from './spot/curve.ts';
import {
  SPOT_DEFAULTS,
  spotMovements,
  type Movement,
  type SpotOptions,
  type Spotting,
} from './spot/spot.ts';
import type { Watched } from './spot/watch.ts';
import type { Clip } from './video/frames.ts';

/** What the analysis needs besides the clip. */
export interface AnalysisTools {
  /** From `openFaceModels`. */
  readonly face: FaceModels;
  /** From `openRecognizer`; without it movements are spotted but not classified. */
  readonly recognizer?: Recognizer | undefined;
}

/** How far the analysis is. */
export interface AnalysisProgress {
  /** `face`, `movement`, `expressions`: the three readings of the clip, in this order. */
  readonly stage: 'face' | 'movement' | 'expressions';
  /** Frames done in this stage. */
  readonly done: number;
  /** Frames in all, where known. */
  readonly total?: number;
}

/** Options of {@link analyze}. */
export interface AnalysisOptions {
  /** How spotting decides. */
  readonly spot?: SpotOptions;
  /** Stops the work: an `AbortSignal`. */
  readonly signal?: Cancellation;
  readonly onProgress?: (progress: AnalysisProgress) => void;
}

/** The pictures that show one expression. */
export interface ExpressionPictures {
  readonly onset: Picture;
  readonly apex: Picture;
  /** Flow from onset to apex on the color wheel. */
  readonly flow: Picture;
  /** What the recognizer saw: u, v and strain, 28×28. */
  readonly flowImage: Picture;
}

/** The result of {@link analyze}. */
export interface Analysis {
  readonly report: Report;
  /** One per expression of the report, in its order. */
  readonly pictures: readonly ExpressionPictures[];
  /** Where the face is, one per frame, smoothed over time; null where there is none. */
  readonly regions: readonly (FaceRegion | null)[];
}

/**
 * Analyzes a clip of a face.
 *
 * @throws TelltaleError `FACE_NOT_FOUND` where no frame shows a face, `FRAMES_EMPTY` where there is no
 *   frame, `MODEL_INPUT_MISMATCH` where the recognizer wants a magnified apex, `CANCELED` after the signal, and what the clip throws while it is decoded.
 */
export async function analyze(
  clip: Clip,
  tools: AnalysisTools,
  { spot = {}, signal, onProgress }: AnalysisOptions = {},
): Promise<Analysis> {
  assertShowable(tools.recognizer);
  const tell = (stage: AnalysisProgress['stage'], done: number, total?: number): void =>
    onProgress?.({ stage, done, ...(total === undefined ? {} : { total }) });

  const { track, regions, watched, flow } = await watchClip(clip, tools.face, {
    signal,
    onProgress: tell,
  });
  const spotting = spotMovements(watched.stretches, spot);
  const moments = spotting.movements.map((movement) => momentsOf(movement, track.times, regions));
  const cuts = await fetchCuts(
    clip,
    new Set(moments.flatMap(({ onset, apex }) => [onset.frame, apex.frame])),
    {
      regions,
      face: tools.face,
      signal,
      onProgress: (done) => tell('expressions', done, track.times.length),
    },
  );

  const expressions: Expression[] = [];
  const pictures: ExpressionPictures[] = [];
  for (const [i, movement] of spotting.movements.entries()) {
    throwIfCanceled(signal);
    const { onset, apex, offset } = moments[i]!;
    const faces = { onset: cuts.get(onset.frame)!, apex: cuts.get(apex.frame)! };
    const moved = expressionFlow(faces.onset, faces.apex, flow);
    pictures.push({
      onset: faces.onset.picture,
      apex: faces.apex.picture,
      flow: moved.colors,
      flowImage: moved.image,
    });
    expressions.push({
      onset,
      apex,
      offset,
      duration: round(offset.time - onset.time),
      kind: movement.kind,
      confidence: round(movement.confidence),
      regions: roundAll(movement.regions),
      ...(await recognize(movement, tools.recognizer, (wanted) =>
        picturesFor(wanted, faces, moved),
      )),
    });
  }
  return {
    report: compose(clip, { track, watched, spotting, expressions, spot }, tools),
    pictures,
    regions,
  };
}

/** A clip has no magnified apex to show. */
function assertShowable(recognizer: Recognizer | undefined): void {
  if (recognizer?.pictures.includes('magnified') !== true) return;
  throw new TelltaleError(
    'MODEL_INPUT_MISMATCH',
    `${recognizer.card.network} ${recognizer.card.config} was trained on magnified faces, which the analysis of a clip does not make`,
    'Use weights that were trained on flow, or on faces as they are.',
  );
}

/** Frames of a movement: the nearest to each time, onset before apex. */
function momentsOf(
  { onset, apex, offset }: Movement,
  times: readonly number[],
  regions: readonly (FaceRegion | null)[],
): { readonly onset: Moment; readonly apex: Moment; readonly offset: Moment } {
  const at = (frame: number): Moment => ({ frame, time: round(times[frame]!) });
  const middle = nearestTime(times, apex);
  // A movement within one frame still needs two different pictures to be seen in.
  const before = regions[middle - 1] ? middle - 1 : middle;
  const start = Math.min(nearestTime(times, onset), before);
  return {
    onset: at(start),
    apex: at(middle),
    offset: at(Math.max(middle, nearestTime(times, offset))),
  };
}

/** Pass 3: reads the clip up to the last frame that is needed and cuts the face out of each. */
async function fetchCuts(
  clip: Clip,
  wanted: ReadonlySet<number>,
  {
    regions,
    face,
    signal,
    onProgress,
  }: {
    readonly regions: readonly (FaceRegion | null)[];
    readonly face: FaceModels;
    readonly signal: Cancellation | undefined;
    readonly onProgress: (done: number) => void;
  },
): Promise<Map<number, FaceCut>> {
  const cuts = new Map<number, FaceCut>();
  if (wanted.size === 0) return cuts;
  for await (const frame of clip.frames()) {
    throwIfCanceled(signal);
    const region = regions[frame.index];
    if (region && wanted.has(frame.index)) {
      const cut = await findLandmarks(face, frame, region);
      cuts.set(frame.index, cutFace(frame, region, cut));
    }
    onProgress(frame.index + 1);
    if (cuts.size === wanted.size) break;
  }
  return cuts;
}

/** What the recognizer makes of a movement; blinks are not expressions. */
async function recognize(
  { kind }: Movement,
  recognizer: Recognizer | undefined,
  look: (wanted: Recognizer) => Look,
): Promise<Pick<Expression, 'classes' | 'verdict'>> {
  if (recognizer === undefined || kind === 'blink') return {};
  const [probabilities] = await recognizer.classify([look(recognizer)]);
  const { card } = recognizer;
  return {
    classes: Object.fromEntries(card.classes.map((name, i) => [name, round(probabilities![i]!)])),
    verdict: verdictOf(card, probabilities!),
  };
}

/** Everything that is known so far. */
interface Findings {
  readonly track: FaceTrack;
  readonly watched: Watched;
  readonly spotting: Spotting;
  readonly expressions: readonly Expression[];
  readonly spot: SpotOptions;
}

function compose(
  clip: Clip,
  { track, watched, spotting, expressions, spot }: Findings,
  { recognizer }: AnalysisTools,
): Report {
  const { times } = track;
  const frames = times.length;
  const spacing = frames > 1 ? (times.at(-1)! - times[0]!) / (frames - 1) : 1 / clip.rate;
  const report: Omit<Report, 'caveats' | 'caveatCodes'> = {
    schema: 'telltale.report/1',
    clip: {
      name: clip.name,
      width: clip.width,
      height: clip.height,
      frames,
      rate: round(1 / spacing),
      duration: round(times.at(-1)! - times[0]! + spacing),
    },
    face: {
      frames: watched.seen.filter(Boolean).length,
      faces: track.faces.reduce((most, faces) => Math.max(most, faces), 0),
      gaps: gapsOf(watched.seen, times),
    },
    movement: {
      times: times.map(round),
      values: curveOf(spotting, times, watched.seen).map((value) => value && round(value)),
      threshold: round(spotting.threshold),
    },
    expressions,
    ...(recognizer === undefined ? {} : { recognizer: recognizer.card }),
    made: [
      {
        stage: 'face',
        version: VERSION,
        options: {
          networks:
            'MediaPipe face detection full range 0.4.1657300184, attention mesh 0.4.1657299874',
          lookInterval: LOOK_INTERVAL,
        },
      },
      { stage: 'movement', version: VERSION, options: { flow: { ...FAST } } },
      { stage: 'spotting', version: VERSION, options: { ...SPOT_DEFAULTS, ...spot } },
      { stage: 'flow image', version: VERSION, options: { flow: { ...LIKE_OPENCV } } },
      ...(recognizer === undefined
        ? []
        : [
            {
              stage: 'recognizer',
              version: VERSION,
              options: { weights: recognizer.card.weights },
            },
          ]),
    ],
  };
  const caveats = caveatsOf(report, watched);
  return { ...report, caveats: caveats.map(caveatSentence), caveatCodes: caveats };
}

function gapsOf(seen: readonly boolean[], times: readonly number[]): Stretch[] {
  const gaps: { start: Moment; end: Moment }[] = [];
  seen.forEach((here, frame) => {
    if (here) return;
    const moment = { frame, time: round(times[frame]!) };
    const last = gaps.at(-1);
    if (last?.end.frame === frame - 1) last.end = moment;
    else gaps.push({ start: moment, end: moment });
  });
  return gaps;
}

const round = (value: number): number => Math.round(value * 1e4) / 1e4;

const roundAll = (values: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, round(value)]));
