/**
 * @file How far coders agree: events that two of them found, their times and labels, and every frame beyond chance; with
 * bootstrap intervals over clips.
 *
 * Clips are what is drawn again (Efron 1979, "Bootstrap methods: another look at the jackknife", The Annals of Statistics
 * 7(1); percentiles): events and frames of one clip depend on each other.
 */
import { TelltaleError } from '../base/errors.ts';
import { createRandom } from '../base/random.ts';
import { blandAltman } from './bland-altman.ts';
import type { BlandAltman } from './bland-altman.ts';
import {
  cohenKappa,
  coincidencesOf,
  fleissKappa,
  fleissUnit,
  krippendorffAlpha,
  sum,
} from './chance.ts';
import type { FleissCounts } from './chance.ts';
import { labelsOfFrames, matchEvents } from './events.ts';
import type { CodedClip, CodedEvent, Coder } from './events.ts';

/** Options of {@link agreement}. */
export interface AgreementOptions {
  /** Overlap (intersection over union) from which two events are one. @defaultValue 0.5 */
  readonly overlap?: number;
  /** Frames per second in which frames are compared. @defaultValue 25 */
  readonly rate?: number;
  /** Resampled sets of clips. @defaultValue 1000 */
  readonly samples?: number;
  /** Of the resampling. @defaultValue 1 */
  readonly seed?: number;
}

/** A number with its 95 % bootstrap interval over clips; null where it is not defined, or fewer than two clips are there. */
export interface Measure {
  /** The number itself. */
  readonly value: number | null;
  /** Lower end. */
  readonly low: number | null;
  /** Upper end. */
  readonly high: number | null;
}

/** Events and frames of one label, or of all. */
export interface LabelAgreement {
  /** The label; `any` for events of all labels. */
  readonly label: string;
  /** Events of both coders. */
  readonly events: readonly [first: number, second: number];
  /** Events that both found. */
  readonly matched: number;
  /** Matched events of those of the second coder. */
  readonly precision: Measure;
  /** Matched events of those of the first coder. */
  readonly recall: Measure;
  /** Harmonic mean of both. */
  readonly f1: Measure;
  /** Cohen's κ over frames: the label or not; over all labels and none for `any`. */
  readonly kappa: Measure;
}

/** Two coders. */
export interface PairAgreement {
  /** Names of both. */
  readonly coders: readonly [first: string, second: string];
  /** Clips that both coded. */
  readonly clips: number;
  /** `any` first, then each label. */
  readonly labels: readonly LabelAgreement[];
  /** Cohen's κ of the labels of events that both found. */
  readonly eventKappa: Measure;
  /** Differences of the times of events that both found, the second's less the first's; null where there are none. */
  readonly times: Readonly<Record<'onset' | 'apex' | 'offset' | 'duration', BlandAltman | null>>;
  /** The differences themselves, for figures: mean and difference of each pair, seconds. */
  readonly onsets: readonly (readonly [mean: number, difference: number])[];
}

/** All coders together, over frames. */
export interface GroupAgreement {
  /** The label; `any` for all labels and none. */
  readonly label: string;
  /** Fleiss' κ over clips that all coded. */
  readonly fleiss: Measure;
  /** Krippendorff's α over clips that at least two coded. */
  readonly alpha: Measure;
}

/** How far coders agree. Plain JSON. */
export interface Agreement {
  /** Name and version of the format. */
  readonly schema: 'telltale.agreement/1';
  /** Names of the coders. */
  readonly coders: readonly string[];
  /** Number of clips. */
  readonly clips: number;
  /** Labels in alphabetical order. */
  readonly labels: readonly string[];
  /** What was compared, and how. */
  readonly options: Readonly<Required<AgreementOptions>>;
  /** Clips whose duration no file states: they are taken to end with their last event. */
  readonly undated: readonly string[];
  /** Each two coders. */
  readonly pairs: readonly PairAgreement[];
  /** `any` first, then each label. */
  readonly group: readonly GroupAgreement[];
}

/** A label for events and frames of every label. */
export const ANY = 'any';

/**
 * Compares coders.
 *
 * @throws TelltaleError `OPTION_INVALID` for fewer than two coders, two of one name, or options out of range;
 *   `DATASET_INVALID` where no clip was coded by two of them
 */
export function agreement(coders: readonly Coder[], options: AgreementOptions = {}): Agreement {
  const { overlap = 0.5, rate = 25, samples = 1000, seed = 1 } = options;
  const settings = { overlap, rate, samples, seed };
  assertComparable(coders, settings);
  const clips = [...new Set(coders.flatMap((coder) => coder.clips.map(({ clip }) => clip)))].sort();
  const events = coders.flatMap((coder) => coder.clips.flatMap((clip) => clip.events));
  const labels = [...new Set(events.map(({ label }) => label))].sort();
  const table = coders.map((coder) => new Map(coder.clips.map((clip) => [clip.clip, clip])));
  const lengths = new Map(clips.map((clip) => [clip, lengthOf(table.map((own) => own.get(clip)))]));
  const context = { labels, settings, lengths };
  const pairs = coders.flatMap((first, i) =>
    coders.slice(i + 1).map((second, j) =>
      pairAgreement(
        [first.name, second.name],
        clips.flatMap((clip) => {
          const [a, b] = [table[i]!.get(clip), table[i + 1 + j]!.get(clip)];
          return a === undefined || b === undefined ? [] : [{ clip, a, b }];
        }),
        context,
      ),
    ),
  );
  if (pairs.every((pair) => pair.clips === 0)) {
    throw new TelltaleError(
      'DATASET_INVALID',
      `no clip was coded by two coders: the clips are ${clips.slice(0, 4).join(', ')}`,
      'Clips belong together by their names: use the same name in every file.',
    );
  }
  return {
    schema: 'telltale.agreement/1',
    ...{ coders: coders.map(({ name }) => name), clips: clips.length, labels, options: settings },
    undated: clips.filter((clip) => !table.some((own) => own.get(clip)?.duration !== undefined)),
    pairs,
    group: groupAgreement(clips.map((clip) => ({ clip, coded: table.map((own) => own.get(clip)) })), context), // prettier-ignore
  };
}

function assertComparable(
  coders: readonly Coder[],
  { overlap, rate, samples }: Required<AgreementOptions>,
): void {
  const names = coders.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  const problem =
    coders.length < 2
      ? `${coders.length} coders are given`
      : twice !== undefined
        ? `two coders are called "${twice}"`
        : !(overlap > 0 && overlap <= 1)
          ? `the overlap is ${overlap}`
          : !(rate > 0 && rate <= 10_000)
            ? `the rate is ${rate}`
            : !(Number.isInteger(samples) && samples >= 0)
              ? `${samples} samples are requested`
              : undefined;
  if (problem === undefined) return;
  throw new TelltaleError(
    'OPTION_INVALID',
    problem,
    'Give two coders or more with names of their own, an overlap above 0 and at most 1, and a rate above 0.',
  );
}

interface Context {
  readonly labels: readonly string[];
  readonly settings: Required<AgreementOptions>;
  /** Seconds of each clip. */
  readonly lengths: ReadonlyMap<string, number>;
}

/** The longest duration that is stated, or else the end of the last event. */
function lengthOf(coded: readonly (CodedClip | undefined)[]): number {
  const known = coded.flatMap((one) => (one?.duration === undefined ? [] : [one.duration]));
  const ends = coded.flatMap((one) => (one?.events ?? []).map(({ offset }) => offset));
  return Math.max(0, ...known, ...ends);
}

/** What one clip adds to the counts of a pair. */
interface PairCounts {
  /** Of `any` and each label: events of both coders, and matched ones. */
  readonly events: readonly (readonly [first: number, second: number, matched: number])[];
  /** Over all labels and none, frames; shape `[labels + 1][labels + 1]`, none first. */
  readonly frames: readonly (readonly number[])[];
  /** Labels of matched events; shape `[labels][labels]`. */
  readonly labels: readonly (readonly number[])[];
}

function pairAgreement(
  names: readonly [string, string],
  clips: readonly { readonly clip: string; readonly a: CodedClip; readonly b: CodedClip }[],
  context: Context,
): PairAgreement {
  const { labels, settings } = context;
  const counted = clips.map(({ clip, a, b }) => countPair(a, b, { ...context, clip }));
  const matches = clips.flatMap(({ a, b }) => matchEvents(a.events, b.events, settings.overlap));
  const measure = (of: (counts: PairCounts) => number | undefined): Measure =>
    bootstrap(counted, (some) => of(addPairs(some, labels.length)), settings);
  const difference = (of: (event: CodedEvent) => number | undefined): BlandAltman | null => {
    const all = matches.flatMap(({ first, second }) => {
      const [x, y] = [of(first), of(second)];
      return x === undefined || y === undefined ? [] : [y - x];
    });
    return blandAltman(all) ?? null;
  };
  const whole = addPairs(counted, labels.length);
  return {
    coders: names,
    clips: clips.length,
    labels: [ANY, ...labels].map((label, i): LabelAgreement => {
      const [first, second, matched] = whole.events[i]!;
      return {
        ...{ label, events: [first, second], matched },
        precision: measure(({ events }) => part(events[i]![2], events[i]![1])),
        recall: measure(({ events }) => part(events[i]![2], events[i]![0])),
        f1: measure(({ events }) => part(2 * events[i]![2], events[i]![0] + events[i]![1])),
        kappa: measure(({ frames }) => cohenKappa(i === 0 ? frames : oneAgainstRest(frames, i))),
      };
    }),
    eventKappa: measure((counts) => cohenKappa(counts.labels)),
    times: {
      onset: difference(({ onset }) => onset),
      apex: difference(({ apex }) => apex),
      offset: difference(({ offset }) => offset),
      duration: difference(({ onset, offset }) => offset - onset),
    },
    onsets: matches.map(({ first, second }) => [
      (first.onset + second.onset) / 2,
      second.onset - first.onset,
    ]),
  };
}

function countPair(
  a: CodedClip,
  b: CodedClip,
  { labels, settings, lengths, clip }: Context & { readonly clip: string },
): PairCounts {
  const { overlap, rate } = settings;
  const of = (events: readonly CodedEvent[], label: string): readonly CodedEvent[] =>
    label === ANY ? events : events.filter((event) => event.label === label);
  // A label is matched within its own events, as if there were no others.
  const events = [ANY, ...labels].map((label) => {
    const [first, second] = [of(a.events, label), of(b.events, label)];
    return [first.length, second.length, matchEvents(first, second, overlap).length] as const;
  });
  const index = new Map(labels.map((label, i) => [label, i]));
  const frames = Math.round((lengths.get(clip) ?? 0) * rate);
  const [left, right] = [a, b].map((one) => labelsOfFrames(one.events, frames, rate));
  const confusion = zeros(labels.length + 1);
  const place = (label: string | undefined): number =>
    label === undefined ? 0 : index.get(label)! + 1;
  for (let frame = 0; frame < frames; frame++) {
    confusion[place(left![frame])]![place(right![frame])]! += 1;
  }
  const matched = zeros(labels.length);
  for (const { first, second } of matchEvents(a.events, b.events, overlap)) {
    matched[index.get(first.label)!]![index.get(second.label)!]! += 1;
  }
  return { events, frames: confusion, labels: matched };
}

function addPairs(all: readonly PairCounts[], labels: number): PairCounts {
  const events = Array.from({ length: labels + 1 }, (): [number, number, number] => [0, 0, 0]);
  const frames = zeros(labels + 1);
  const matched = zeros(labels);
  for (const one of all) {
    one.events.forEach((counts, i) => {
      counts.forEach((count, j) => (events[i]![j]! += count));
    });
    addTo(frames, one.frames);
    addTo(matched, one.labels);
  }
  return { events, frames, labels: matched };
}

/** What one clip adds to the counts of all coders, one of each for `any` and each label. */
interface GroupCounts {
  readonly fleiss: readonly FleissCounts[];
  readonly coincidences: readonly (readonly (readonly number[])[])[];
}

function groupAgreement(
  clips: readonly { readonly clip: string; readonly coded: readonly (CodedClip | undefined)[] }[],
  context: Context,
): GroupAgreement[] {
  const { labels, settings } = context;
  const counted = clips.map((one) => countGroup(one, context));
  return [ANY, ...labels].map((label, i) => ({
    label,
    fleiss: bootstrap(counted, (some) => fleissKappa(addFleiss(some.map(({ fleiss }) => fleiss[i]!))), settings), // prettier-ignore
    alpha: bootstrap(
      counted,
      (some) => {
        const total = zeros(i === 0 ? labels.length + 1 : 2);
        for (const { coincidences } of some) addTo(total, coincidences[i]!);
        return krippendorffAlpha(total);
      },
      settings,
    ),
  }));
}

function countGroup(
  { clip, coded }: { readonly clip: string; readonly coded: readonly (CodedClip | undefined)[] },
  { labels, settings: { rate }, lengths }: Context,
): GroupCounts {
  const frames = Math.round((lengths.get(clip) ?? 0) * rate);
  const there = coded.filter((one) => one !== undefined);
  const rows = there.map(({ events }) => labelsOfFrames(events, frames, rate));
  const index = new Map(labels.map((label, i) => [label, i + 1]));
  // Frames with the same votes count together: there are few kinds of them.
  const kinds = new Map<string, { readonly votes: number[]; count: number }>();
  for (let frame = 0; frame < frames; frame++) {
    const votes = Array.from({ length: labels.length + 1 }, () => 0);
    for (const row of rows) {
      const label = row[frame];
      votes[label === undefined ? 0 : index.get(label)!]! += 1;
    }
    const key = votes.join();
    const kind = kinds.get(key) ?? { votes, count: 0 };
    kind.count += 1;
    kinds.set(key, kind);
  }
  const isComplete = there.length === coded.length && there.length >= 2;
  const views = [
    (votes: readonly number[]) => votes,
    ...labels.map((_, i) => (votes: readonly number[]) => [
      sum(votes) - votes[i + 1]!,
      votes[i + 1]!,
    ]),
  ];
  return {
    fleiss: views.map((view) =>
      addFleiss(
        isComplete
          ? [...kinds.values()].map(({ votes, count }) => times(fleissUnit(view(votes)), count))
          : [],
      ),
    ),
    coincidences: views.map((view, i) => {
      const total = zeros(i === 0 ? labels.length + 1 : 2);
      for (const { votes, count } of kinds.values())
        addTo(total, coincidencesOf(view(votes)), count);
      return total;
    }),
  };
}

function times({ units, agreeing, totals }: FleissCounts, count: number): FleissCounts {
  return {
    units: units * count,
    agreeing: agreeing * count,
    totals: totals.map((one) => one * count),
  };
}

function addFleiss(all: readonly FleissCounts[]): FleissCounts {
  const totals: number[] = [];
  for (const one of all) one.totals.forEach((count, i) => (totals[i] = (totals[i] ?? 0) + count));
  return {
    units: sum(all.map(({ units }) => units)),
    agreeing: sum(all.map(({ agreeing }) => agreeing)),
    totals,
  };
}

/** A number of all clips, and its percentiles over sets of as many clips, drawn with replacement. */
function bootstrap<T>(
  clips: readonly T[],
  of: (clips: readonly T[]) => number | undefined,
  { samples, seed }: Required<AgreementOptions>,
): Measure {
  const value = clips.length === 0 ? undefined : of(clips);
  if (value === undefined || clips.length < 2 || samples === 0) {
    return { value: value ?? null, low: null, high: null };
  }
  const random = createRandom(seed);
  const drawn: number[] = [];
  for (let i = 0; i < samples; i++) {
    const one = of(clips.map(() => clips[random.integer(clips.length)]!));
    if (one !== undefined) drawn.push(one);
  }
  drawn.sort((a, b) => a - b);
  const at = (part: number): number | null => drawn[Math.min(drawn.length - 1, Math.floor(part * drawn.length))] ?? null; // prettier-ignore
  return { value, low: at(0.025), high: at(0.975) };
}

function part(some: number, all: number): number | undefined {
  return all === 0 ? undefined : some / all;
}

function zeros(size: number): number[][] {
  return Array.from({ length: size }, () => Array.from({ length: size }, () => 0));
}

function addTo(total: number[][], more: readonly (readonly number[])[], times = 1): void {
  more.forEach((row, i) => {
    row.forEach((count, j) => (total[i]![j]! += times * count));
  });
}

/** A label against everything else: shape `[2][2]`. */
function oneAgainstRest(frames: readonly (readonly number[])[], label: number): number[][] {
  const out = zeros(2);
  frames.forEach((row, i) => {
    row.forEach((count, j) => (out[i === label ? 1 : 0]![j === label ? 1 : 0]! += count));
  });
  return out;
}
