/** @file The report out of what the stages found: rounded numbers, gaps, and the caveats that follow from them. */
import type { RecognizerCard } from '../recognize/card.ts';
import type { UnitsCard } from '../units/model.ts';
import { caveatSentence, caveatsOf } from './caveats.ts';
import type { Candidate, Expression, Moment, Report, Stretch, SetAside } from './report.ts';

/** What the stages found. Lists have one item per frame. */
export interface Findings {
  /** `rate` is used for a clip of one frame only, whose spacing is not known. */
  readonly clip: Pick<Report['clip'], 'name' | 'width' | 'height' | 'rate'> & {
    /** Number of frames of the whole clip before a part. */
    readonly firstFrame?: number | undefined;
    /** Clockwise turn that was requested, degrees. */
    readonly rotated?: Report['clip']['rotated'];
    /** How it was recorded, where its decoder knows. */
    readonly recording?: () => NonNullable<Report['clip']['recording']>;
  };
  /** Seconds from the first frame. */
  readonly times: readonly number[];
  /** Whether a face was found and followed. */
  readonly seen: readonly boolean[];
  /** Which frames are damaged in the file; absent where none is. */
  readonly damaged?: readonly boolean[];
  /** Which frames show something else for a moment; absent where none does. */
  readonly interrupted?: readonly boolean[];
  /** Indices of the first frames after cuts. */
  readonly cuts?: readonly number[];
  /** Number of faces. */
  readonly faces: readonly number[];
  /** What the detector was shown when it found the face. */
  readonly framings: NonNullable<Report['face']['framings']>;
  /** Who was analyzed; absent where the clip shows one subject. */
  readonly subject?: NonNullable<Report['face']['subject']>;
  /** Between the centers of the eyes, pixels. */
  readonly interocular: number;
  /** Movement, pixels at an interocular distance of 100; null where no face was found. */
  readonly curve: readonly (number | null)[];
  /** A peak above this is spotted. */
  readonly threshold: number;
  /** Displacement of each region, with numbers already rounded. */
  readonly regions?: Report['movement']['regions'];
  /** With numbers already rounded by {@link round}. */
  readonly expressions: readonly Expression[];
  /** Movements that were just not spotted. @defaultValue none */
  readonly candidates?: readonly Candidate[];
  /** Movements of which nothing is claimed. */
  readonly setAside?: readonly SetAside[];
  /** When the mouth speaks. */
  readonly speech?: readonly Stretch[];
  /** Medians of the clip. */
  readonly quality?: Omit<NonNullable<Report['quality']>, 'interocular'> | undefined;
  /** Card of the recognizer; undefined where none was used. */
  readonly recognizer: RecognizerCard | undefined;
  /** Card of the recognizer of units; undefined where none was used. */
  readonly unitsRecognizer?: UnitsCard | undefined;
  /** The stages with the options that matter. */
  readonly made: Report['made'];
}

/** Composes the report. */
export function composeReport(findings: Findings): Report {
  const {
    clip,
    times,
    seen,
    faces,
    expressions,
    candidates = [],
    setAside = [],
    speech = [],
    quality,
    recognizer,
    unitsRecognizer,
    made,
    cuts = [],
  } = findings;
  const frames = times.length;
  const recording = recordingOf(clip.recording?.());
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
      ...(clip.firstFrame !== undefined && { firstFrame: clip.firstFrame }),
      ...(clip.rotated !== undefined && { rotated: clip.rotated }),
      ...(times[0]! > 0 && { start: round(times[0]!) }),
      ...(recording !== undefined && { recording }),
      ...(findings.damaged && { damaged: stretchesOf(findings.damaged, times) }),
      ...(findings.interrupted && { interruptions: stretchesOf(findings.interrupted, times) }),
      ...(cuts.length > 0 && {
        cuts: cuts.map((frame) => ({ frame, time: round(times[frame]!) })),
      }),
    },
    face: {
      frames: seen.filter(Boolean).length,
      faces: faces.reduce((most, count) => Math.max(most, count), 0),
      gaps: stretchesOf(
        seen.map((here) => !here),
        times,
      ),
      framings: findings.framings,
      ...(findings.subject && { subject: findings.subject }),
    },
    movement: {
      times: times.map(round),
      values: findings.curve.map((value) => value && round(value)),
      threshold: round(findings.threshold),
      ...(findings.regions && { regions: findings.regions }),
    },
    expressions,
    ...(candidates.length > 0 && { candidates }),
    ...(setAside.length > 0 && { setAside }),
    ...(speech.length > 0 && { speech }),
    ...(quality && {
      quality: { interocular: round(findings.interocular), ...roundQuality(quality) },
    }),
    ...(recognizer !== undefined && { recognizer }),
    ...(unitsRecognizer !== undefined && { unitsRecognizer }),
    made,
  };
  const caveats = caveatsOf(report, { interocular: findings.interocular });
  return { ...report, caveats: caveats.map(caveatSentence), caveatCodes: caveats };
}

function roundQuality(
  quality: NonNullable<Findings['quality']>,
): Omit<NonNullable<Report['quality']>, 'interocular'> {
  return Object.fromEntries(
    Object.entries(quality).map(([name, value]) => [name, round(value)]),
  ) as unknown as typeof quality;
}

/** What a report keeps of a recording; undefined where there is nothing to report. */
function recordingOf(recording: Report['clip']['recording']): Report['clip']['recording'] {
  if (recording === undefined) return undefined;
  const { deinterlaced, pixelAspect, toneMapped, isRateAssumed, scaled, joints } = recording;
  const { videos, truncated } = recording;
  const kept = {
    ...(deinterlaced !== undefined && { deinterlaced }),
    ...(pixelAspect !== undefined && { pixelAspect: round(pixelAspect) }),
    ...(toneMapped !== undefined && { toneMapped }),
    ...(isRateAssumed !== undefined && { isRateAssumed }),
    ...(scaled !== undefined && { scaled }),
    ...(joints !== undefined && { joints }),
    ...(videos !== undefined && { videos }),
    ...(truncated !== undefined && { truncated }),
  };
  return Object.keys(kept).length > 0 ? kept : undefined;
}

/** Stretches of frames whose flag is set. */
function stretchesOf(flags: readonly boolean[], times: readonly number[]): Stretch[] {
  const stretches: { start: Moment; end: Moment }[] = [];
  flags.forEach((flag, frame) => {
    if (!flag) return;
    const moment = { frame, time: round(times[frame]!) };
    const last = stretches.at(-1);
    if (last?.end.frame === frame - 1) last.end = moment;
    else stretches.push({ start: moment, end: moment });
  });
  return stretches;
}

/** Rounds to four decimals, as all numbers of a report are. */
export const round = (value: number): number => Math.round(value * 1e4) / 1e4;

/** Every value of a table by {@link round}. */
export const roundAll = (values: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, round(value)]));
