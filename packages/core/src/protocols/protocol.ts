/**
 * @file A protocol: which clips of which datasets count, under which classes, and how folds are split.
 *
 * Class maps and numbers are data. A protocol is applied to the samples that are present; a difference from the published
 * numbers is an error, so that it is never silently another experiment.
 */
import { TelltaleError } from '../base/errors.ts';
import { countAnnotations } from '../datasets/annotation.ts';
import type { Counts } from '../datasets/annotation.ts';
import { differencesFrom, showDifferences } from '../datasets/editions.ts';
import type { Sample } from '../datasets/sample.ts';

/** How folds are split: by subject, by dataset, into k groups of subjects, or between two datasets. */
export type SplitScheme = 'loso' | 'lodo' | 'kfold' | 'hde';

/** Numbers that a protocol is published with. */
export interface ExpectedCounts {
  /** Which edition of the dataset has them. */
  readonly edition: string;
  /** Number of clips. */
  readonly clips: number;
  /** Number of subjects. */
  readonly subjects?: number;
  /** Number of clips per class. */
  readonly classes?: Readonly<Record<string, number>>;
}

/** What a protocol takes of one dataset. */
export interface ProtocolPart {
  /** As samples.csv spells it: `CASME II`. */
  readonly dataset: string;
  /** On the command line: `casme2`. */
  readonly name: string;
  /** Class by emotion; emotions that are not named are left out. */
  readonly classes: Readonly<Record<string, string>>;
  /** Clips that the official list leaves out, `subject/clip`. */
  readonly omit?: readonly string[];
  /** Published numbers; several where editions of the dataset differ. */
  readonly expected: readonly ExpectedCounts[];
}

/** A protocol of the field. */
export interface Protocol {
  /** On the command line: `megc2019`. */
  readonly name: string;
  /** How clips are split into folds. */
  readonly cut: SplitScheme;
  /** Number of folds of a `kfold` split. @defaultValue the caller's */
  readonly folds?: number;
  /** Absent where every clip counts under its own label. */
  readonly parts?: readonly ProtocolPart[];
  /** Its source: author and year. */
  readonly source: string;
}

/** How the samples compare with a protocol. Plain JSON. */
export interface ProtocolRecord {
  /** Name of the protocol. */
  readonly name: string;
  /** The matching edition of each dataset. */
  readonly editions: Readonly<Record<string, string>>;
  /** What differs from the published numbers, dataset by dataset; only where that was allowed. */
  readonly mismatch: readonly string[];
  /** Samples that the protocol leaves out. */
  readonly omitted: number;
}

/** Samples under the classes of a protocol. */
export interface Applied {
  /** The clips that count, relabeled. */
  readonly samples: readonly Sample[];
  /** What was applied, for the result. */
  readonly record: ProtocolRecord;
}

/**
 * Selects the clips of a protocol and maps their emotions to its classes.
 *
 * @param options - `allowMismatch`: continue where numbers differ, and record the differences
 * @throws TelltaleError `COUNTS_MISMATCH` naming every number that differs and every dataset that is missing
 */
export function applyProtocol(
  protocol: Protocol,
  samples: readonly Sample[],
  { allowMismatch = false }: { readonly allowMismatch?: boolean } = {},
): Applied {
  const { name, parts } = protocol;
  if (parts === undefined) {
    return { samples, record: { name, editions: {}, mismatch: [], omitted: 0 } };
  }
  const partOf = new Map(parts.map((part) => [part.dataset, part]));
  const kept = samples.flatMap((sample): Sample[] => {
    const part = partOf.get(sample.dataset);
    const emotion = part === undefined ? undefined : classOf(sample, part);
    return emotion === undefined ? [] : [withClass(sample, emotion)];
  });
  const editions = new Map<string, string>();
  const mismatch: string[] = [];
  const missing: ProtocolPart[] = [];
  for (const part of parts) {
    const own = kept.filter(({ dataset }) => dataset === part.dataset);
    const verdict = compare(part, own);
    if (own.length === 0) missing.push(part);
    if (verdict.differs === '') editions.set(part.dataset, verdict.edition);
    else mismatch.push(`${part.dataset}: ${verdict.differs}`);
  }
  if (kept.length === 0 || (mismatch.length > 0 && !allowMismatch)) {
    throw mismatchError(protocol, { mismatch, missing, isEmpty: kept.length === 0 });
  }
  const omitted = samples.length - kept.length;
  return {
    samples: kept,
    record: { name, editions: Object.fromEntries(editions), mismatch, omitted },
  };
}

/** The sample under its class. The emotion that the class was made of stays as its fine one. */
function withClass(sample: Sample, emotion: string): Sample {
  const own = sample.emotion?.trim().toLowerCase();
  if (
    own === undefined ||
    own === emotion.toLowerCase() ||
    sample.annotation?.fineEmotion !== undefined
  )
    return { ...sample, emotion };
  return { ...sample, emotion, annotation: { ...sample.annotation, fineEmotion: own } };
}

/** The class of a sample; emotions that are classes of the protocol already are kept. */
function classOf(sample: Sample, { classes, omit }: ProtocolPart): string | undefined {
  const { subject, dataset, clip, emotion = '' } = sample;
  if (omit?.includes(`${subject.slice(dataset.length + 1)}/${clip}`) === true) return undefined;
  return classByMap(emotion, classes);
}

/**
 * The class of an emotion under a class map; a name that is a class of the map already stays as it is.
 *
 * @returns `undefined` for emotions that the map leaves out
 */
export function classByMap(
  emotion: string,
  classes: Readonly<Record<string, string>>,
): string | undefined {
  const word = emotion.trim().toLowerCase();
  if (Object.hasOwn(classes, word)) return classes[word];
  return Object.values(classes).find((name) => name.toLowerCase() === word);
}

/** The nearest published numbers, and the differences from them. */
function compare(
  { expected }: ProtocolPart,
  samples: readonly Sample[],
): { readonly edition: string; readonly differs: string } {
  const counts: Counts = countAnnotations(
    samples.map(({ subject, emotion = '' }) => ({ subject, emotion })),
  );
  if (samples.length === 0)
    return { edition: '', differs: `none, not ${showCounts(expected[0]!)}` };
  const all = expected.map((one) => ({
    edition: one.edition,
    differences: differencesFrom(one, { counts, macro: 0 }),
  }));
  const far = ({ differences }: (typeof all)[number]): number =>
    differences.reduce((sum, { found, expected: wanted }) => sum + Math.abs(found - wanted), 0);
  const best = all.reduce((a, b) => (far(b) < far(a) ? b : a));
  return { edition: best.edition, differs: showDifferences(best.differences) };
}

function showCounts({ clips, subjects, classes = {} }: ExpectedCounts): string {
  const parts = Object.entries(classes).map(([name, count]) => `${count} ${name}`);
  const ofSubjects = subjects === undefined ? '' : ` of ${subjects} subjects`;
  return `${clips} clips${ofSubjects}${parts.length > 0 ? ` (${parts.join(', ')})` : ''}`;
}

function mismatchError(
  { name }: Protocol,
  {
    mismatch,
    missing,
    isEmpty,
  }: {
    readonly mismatch: readonly string[];
    readonly missing: readonly ProtocolPart[];
    readonly isEmpty: boolean;
  },
): TelltaleError {
  const commands = missing.map(
    (part) => `"telltale dataset prepare ${part.name} FOLDER --out DATA"`,
  );
  const add =
    commands.length > 0 ? `Add what is missing to the data: ${commands.join(', ')}. ` : '';
  const rest = isEmpty
    ? 'No sample belongs to this protocol.'
    : `${add}To run on the present data, give --allow-count-mismatch: the result then states that it is not ${name} as published.`;
  return new TelltaleError(
    'COUNTS_MISMATCH',
    `the data are not those of ${name}: ${mismatch.join('; ')}`,
    rest,
  );
}
