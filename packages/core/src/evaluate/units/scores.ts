/**
 * @file Scores of recognized units: binary F1 and the area under the ROC curve of each, pooled over all folds.
 *
 * As in CD6ME (Varanka et al. 2024, "Data Leakage and Evaluation Issues in Micro-Expression Analysis"): F1 of each
 * unit over all clips together, then the mean over units. Intervals are bootstrapped over subjects.
 */
import { faceDecision } from '../../units/fit.ts';
import { drawSubjects, percentileInterval, type Interval } from '../scores/statistics.ts';
import { shownOn, type CodedClip, type UnitPrediction } from './folds.ts';

/** A score and its 95 % interval over the choice of subjects. */
export interface Measured {
  /** Mean over seeds. */
  readonly value: number;
  /** 95 % interval; of seeds, the mean in each draw. */
  readonly interval: Interval;
  /** Of each seed. */
  readonly seeds: readonly number[];
}

/** Scores of one unit. */
export interface UnitScores {
  /** Number in FACS. */
  readonly unit: number;
  /** Clips that show it. */
  readonly support: number;
  /** F1 where the unit is named from decision 0 on. */
  readonly f1: Measured;
  /** Area under the ROC curve; `null` where no clip or every clip shows it. */
  readonly auc: Measured | null;
  /** Of clips with the unit, the share in which it was named. */
  readonly recall: number;
  /** Of clips in which it was named, the share that shows it. */
  readonly precision: number;
}

/** Scores of all units. */
export interface UnitsScores {
  /** In the order of the predictions. */
  readonly units: readonly UnitScores[];
  /** Means over the units that count for them. */
  readonly mean: {
    /** Units that have at least {@link FEWEST} clips. */
    readonly units: readonly number[];
    /** Mean F1. */
    readonly f1: Measured;
    /** Mean area under the ROC curve. */
    readonly auc: Measured;
  };
  /** How sides were distinguished. */
  readonly sides: SideScores;
}

/** Sides of coded units, whether they were named or not; counts are means over seeds. */
export interface SideScores {
  /** Units coded on one side, in all clips. */
  readonly oneSided: number;
  /** Of these, how many had the larger asymmetry toward that side. */
  readonly larger: number;
  /** Of these, how many were reported on that side. */
  readonly right: number;
  /** Of these, how many were reported on the other side. */
  readonly wrong: number;
  /** Units coded on both sides, in all clips. */
  readonly twoSided: number;
  /** Of these, how many were reported on both sides. */
  readonly both: number;
}

/** Clips that a unit needs to count for the means: with fewer, its score is noise. */
export const FEWEST = 10;

/** A clip, as far as scores see it. */
interface Decided {
  readonly present: boolean;
  readonly decision: number;
}

/**
 * Scores predictions of one or more seeds.
 *
 * A unit that coders left uncertain in a clip counts as absent there.
 *
 * @param units - numbers of the units, in the order of labels and predictions
 * @param seeds - predictions in the order of the clips, for each seed
 */
export function scoreUnits(
  units: readonly number[],
  clips: readonly CodedClip[],
  seeds: readonly (readonly UnitPrediction[])[],
): UnitsScores {
  const decided = seeds.map((predictions) =>
    units.map((_, unit) =>
      clips.map((clip, i): Decided => {
        const { left, right } = predictions[i]!;
        const decision = faceDecision(left[unit]!, right[unit]!);
        return { present: shownOn(clip, unit) === 1, decision };
      }),
    ),
  );
  const groups = clipsOfSubjects(clips);
  const draws = drawSubjects(groups.length, { draws: 1000 }).map((drawn) =>
    drawn.flatMap((subject) => groups[subject]!),
  );
  const supports = units.map(
    (_, unit) => decided[0]![unit]!.filter(({ present }) => present).length,
  );
  const counting = units.flatMap((_, unit) => (supports[unit]! >= FEWEST ? [unit] : []));
  const measure = (of: (seed: number, drawn?: readonly number[]) => number): Measured => {
    const each = seeds.map((_, seed) => of(seed));
    const drawn = draws.map((some) => mean(seeds.map((_, seed) => of(seed, some))));
    return {
      value: mean(each),
      interval: percentileInterval(drawn.filter((value) => !Number.isNaN(value))),
      seeds: each,
    };
  };
  const over = (score: (decided: readonly Decided[]) => number, unit: number) =>
    measure((seed, some) => {
      const all = decided[seed]![unit]!;
      return score(some ? some.map((i) => all[i]!) : all);
    });
  const meanOver = (score: (decided: readonly Decided[]) => number) =>
    measure((seed, some) => {
      const values = counting.map((unit) => {
        const all = decided[seed]![unit]!;
        return score(some ? some.map((i) => all[i]!) : all);
      });
      return mean(values.filter((value) => !Number.isNaN(value)));
    });
  return {
    units: units.map((unit, at) => {
      const support = supports[at]!;
      const all = seeds.flatMap((_, seed) => decided[seed]![at]!);
      const named = all.filter(({ decision }) => decision >= 0);
      const hits = named.filter(({ present }) => present).length;
      return {
        ...{ unit, support, f1: over(f1Of, at) },
        auc: support > 0 && support < clips.length ? over(aucOf, at) : null,
        recall: support > 0 ? hits / (support * seeds.length) : 0,
        precision: named.length > 0 ? hits / named.length : 0,
      };
    }),
    mean: {
      units: counting.map((unit) => units[unit]!),
      f1: meanOver(f1Of),
      auc: meanOver(aucOf),
    },
    sides: sidesOf(clips, seeds, units.length),
  };
}

/** 2 · hits / (named + present). */
function f1Of(decided: readonly Decided[]): number {
  let [hits, sum] = [0, 0];
  for (const { present, decision } of decided) {
    if (decision >= 0) sum++;
    if (present) sum++;
    if (present && decision >= 0) hits++;
  }
  return sum === 0 ? Number.NaN : (2 * hits) / sum;
}

/**
 * The share of pairs of a clip with and one without the unit of which the first has the larger decision, ties counting
 * half; not a number where either kind is missing.
 *
 * @see Hanley and McNeil 1982, "The Meaning and Use of the Area under a Receiver Operating Characteristic (ROC) Curve"
 */
export function aucOf(decided: readonly Decided[]): number {
  const sorted = [...decided].sort((a, b) => a.decision - b.decision);
  let [positives, below, sum] = [0, 0, 0];
  for (let i = 0; i < sorted.length;) {
    let [tiedPositives, tiedNegatives] = [0, 0];
    const { decision } = sorted[i]!;
    for (; i < sorted.length && sorted[i]!.decision === decision; i++) {
      if (sorted[i]!.present) tiedPositives++;
      else tiedNegatives++;
    }
    sum += tiedPositives * (below + tiedNegatives / 2);
    positives += tiedPositives;
    below += tiedNegatives;
  }
  return sum / (positives * below);
}

function sidesOf(
  clips: readonly CodedClip[],
  seeds: readonly (readonly UnitPrediction[])[],
  units: number,
): SideScores {
  const sums = { oneSided: 0, larger: 0, right: 0, wrong: 0, twoSided: 0, both: 0 };
  for (const predictions of seeds) {
    clips.forEach((clip, i) => {
      for (let unit = 0; unit < units; unit++) {
        const [l, r] = [clip.left[unit], clip.right[unit]];
        const { asymmetry, side } = predictions[i]!;
        if (l === undefined || r === undefined || l + r === 0) continue;
        if (l === r) {
          sums.twoSided++;
          if (side[unit] === 'both') sums.both++;
          continue;
        }
        sums.oneSided++;
        if (asymmetry[unit]! > 0 === l > r) sums.larger++;
        if (side[unit] === 'both') continue;
        if ((side[unit] === 'left') === l > r) sums.right++;
        else sums.wrong++;
      }
    });
  }
  return {
    oneSided: sums.oneSided / seeds.length,
    larger: sums.larger / seeds.length,
    right: sums.right / seeds.length,
    wrong: sums.wrong / seeds.length,
    twoSided: sums.twoSided / seeds.length,
    both: sums.both / seeds.length,
  };
}

function clipsOfSubjects(clips: readonly CodedClip[]): number[][] {
  const groups = new Map<string, number[]>();
  clips.forEach(({ subject }, i) => {
    const group = groups.get(subject);
    if (group) group.push(i);
    else groups.set(subject, [i]);
  });
  return [...groups.values()];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
