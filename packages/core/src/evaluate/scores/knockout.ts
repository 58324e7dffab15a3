/**
 * @file What the parts of a network do: its answers with each part taken out, compared with those of the whole.
 *
 * A part that is taken out of trained weights is replaced by its neutral element. That shows what the weights make of
 * it, not whether a network trained without it would be worse: that takes a training (`--ablation`).
 */
import { TelltaleError } from '../../base/errors.ts';
import {
  bootstrap,
  measuresOf,
  pairedBootstrap,
  type BootstrapOptions,
  type Difference,
  type Intervals,
  type Measures,
  type SubjectCounts,
} from './statistics.ts';
import { confusionMatrix } from './metrics.ts';
import { verdictOf } from './evaluation.ts';

/** A sample that was classified. */
export interface KnockoutSample {
  /** Whose clip it is. */
  readonly subject: string;
  /** The annotated class; a sample without one counts for the verdicts only. */
  readonly emotion?: string | undefined;
}

/** A part of a network, and the answers without it. */
export interface KnockedOut {
  /** As `without` takes it. */
  readonly name: string;
  /** What its paper calls it. */
  readonly title: string;
  /** What replaces it. */
  readonly neutral: string;
  /** Probabilities of each sample's classes. */
  readonly probabilities: readonly (readonly number[])[];
}

/** What changed without a part. */
export interface PartEffect extends Omit<KnockedOut, 'probabilities'> {
  /** Samples whose most probable class is another one. */
  readonly changed: number;
  /** Mean of |Δ probability| over samples and classes. */
  readonly meanChange: number;
  /** Scores without the part; absent where no sample has one of the classes. */
  readonly scores?: Measures;
  /** Without the part minus the whole, over the choice of subjects: below 0 where the part helps. */
  readonly difference?: Difference;
}

/** What the parts of a network do on some samples. */
export interface KnockoutScores {
  /** Number of samples. */
  readonly samples: number;
  /** Samples whose emotion is one of the classes. */
  readonly scored: number;
  /** Subjects of these. */
  readonly subjects: number;
  /** Of the whole network, with 95 % intervals over the choice of subjects; absent where no sample has one of the classes. */
  readonly whole?: {
    /** Pooled over all samples. */
    readonly scores: Measures;
    /** 95 % bounds. */
    readonly intervals: Intervals;
  };
  /** In the order in which they were given. */
  readonly parts: readonly PartEffect[];
}

/** What a knockout compares. */
export interface Knockout {
  /** Names, in the order of the probabilities. */
  readonly classes: readonly string[];
  /** Those that were classified. */
  readonly samples: readonly KnockoutSample[];
  /** Answers of the whole network, shape `[samples][classes]`. */
  readonly whole: readonly (readonly number[])[];
  /** The same without each part. */
  readonly parts: readonly KnockedOut[];
}

/**
 * Verdicts, probabilities and scores with each part taken out, compared with those of the whole network.
 *
 * @throws TelltaleError `DATASET_INVALID` where answers are missing
 */
export function scoreKnockout(
  { classes, samples, whole, parts }: Knockout,
  options: BootstrapOptions = {},
): KnockoutScores {
  for (const answers of [whole, ...parts.map(({ probabilities }) => probabilities)])
    if (answers.length !== samples.length)
      throw new TelltaleError(
        'DATASET_INVALID',
        `there are ${answers.length} answers for ${samples.length} samples`,
        'Classify every sample, with and without each part.',
      );
  const scored = samples.flatMap(({ emotion }, i) =>
    emotion !== undefined && classes.includes(emotion) ? [i] : [],
  );
  const subjects = [...new Set(scored.map((i) => samples[i]!.subject))];
  const countsOf = (answers: Knockout['whole']): SubjectCounts[] =>
    subjects.map((subject) => [
      confusionMatrix(
        scored
          .filter((i) => samples[i]!.subject === subject)
          .map((i) => ({
            target: samples[i]!.emotion!,
            prediction: verdictOf(answers[i]!, classes),
          })),
        classes,
      ),
    ]);
  const ofWhole = countsOf(whole);
  const isScored = scored.length > 0;
  return {
    samples: samples.length,
    scored: scored.length,
    subjects: subjects.length,
    ...(isScored && {
      whole: { scores: pooledScores(ofWhole), intervals: bootstrap(ofWhole, options) },
    }),
    parts: parts.map(({ name, title, neutral, probabilities }) => {
      const counts = countsOf(probabilities);
      return {
        ...{ name, title, neutral },
        changed: whole.filter(
          (row, i) => verdictOf(row, classes) !== verdictOf(probabilities[i]!, classes),
        ).length,
        meanChange: meanChange(whole, probabilities),
        ...(isScored && {
          scores: pooledScores(counts),
          difference: pairedBootstrap(counts, ofWhole, options),
        }),
      };
    }),
  };
}

function pooledScores(subjects: readonly SubjectCounts[]): Measures {
  const k = subjects[0]![0]!.length;
  const sum = Array.from({ length: k }, (_, i) =>
    Array.from({ length: k }, (__, j) =>
      subjects.reduce((total, [counts]) => total + counts![i]![j]!, 0),
    ),
  );
  return measuresOf(sum);
}

function meanChange(first: Knockout['whole'], second: Knockout['whole']): number {
  let [sum, count] = [0, 0];
  first.forEach((row, i) =>
    row.forEach((value, k) => {
      sum += Math.abs(value - second[i]![k]!);
      count += 1;
    }),
  );
  return count === 0 ? 0 : sum / count;
}
