/** @file How far two coders agree: events that both found, their times and labels, and frames beyond chance. */
import { blandAltman } from './bland-altman.ts';
import type { BlandAltman } from './bland-altman.ts';
import { addTo, bootstrap, zeros } from './bootstrap.ts';
import { cohenKappa, sum } from './chance.ts';
import { labelsOfFrames, matchEvents } from './events.ts';
import type { CodedClip, CodedEvent } from './events.ts';
import { ANY } from './result.ts';
import type { AgreementOptions, LabelAgreement, Measure, PairAgreement } from './result.ts';

/** What is the same for all clips of a comparison. */
export interface Context {
  readonly labels: readonly string[];
  readonly settings: Required<AgreementOptions>;
  /** Seconds of each clip. */
  readonly lengths: ReadonlyMap<string, number>;
}

/** Events of both coders, and matched ones. */
type EventCounts = readonly [first: number, second: number, matched: number];

/** Counts of each label of the first coder (rows) with each of the second. */
type Table = readonly (readonly number[])[];

/** What one clip adds to the counts of a pair. */
interface PairCounts {
  /** Of `any` and each label. */
  readonly events: readonly EventCounts[];
  /** Over all labels and none, frames; shape `[labels + 1][labels + 1]`, none first. */
  readonly frames: Table;
  /** Labels of matched events; shape `[labels][labels]`. */
  readonly labels: Table;
}

/** Compares two coders on the clips that both coded. */
export function pairAgreement(
  names: readonly [string, string],
  clips: readonly { readonly clip: string; readonly a: CodedClip; readonly b: CodedClip }[],
  context: Context,
): PairAgreement {
  const { labels, settings } = context;
  const counted = clips.map(({ clip, a, b }) => countPair(a, b, { ...context, clip }));
  const matches = clips.flatMap(({ a, b }) => matchEvents(a.events, b.events, settings.overlap));
  const ratio = (i: number, of: (counts: EventCounts) => number | undefined): Measure =>
    bootstrap(counted.map(({ events }) => events[i]!), (some) => of(total(some)), settings); // prettier-ignore
  const kappa = (tables: readonly Table[]): Measure =>
    bootstrap(tables, (some) => cohenKappa(totalTable(some)), settings);
  const difference = (of: (event: CodedEvent) => number | undefined): BlandAltman | null => {
    const all = matches.flatMap(({ first, second }) => {
      const [x, y] = [of(first), of(second)];
      return x === undefined || y === undefined ? [] : [y - x];
    });
    return blandAltman(all) ?? null;
  };
  return {
    coders: names,
    clips: clips.length,
    labels: [ANY, ...labels].map((label, i): LabelAgreement => {
      const [first, second, matched] = total(counted.map(({ events }) => events[i]!));
      return {
        ...{ label, events: [first, second], matched },
        precision: ratio(i, (counts) => part(counts[2], counts[1])),
        recall: ratio(i, (counts) => part(counts[2], counts[0])),
        f1: ratio(i, (counts) => part(2 * counts[2], counts[0] + counts[1])),
        kappa: kappa(counted.map(({ frames }) => (i === 0 ? frames : oneAgainstRest(frames, i)))),
      };
    }),
    eventKappa: kappa(counted.map((counts) => counts.labels)),
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

function total(all: readonly EventCounts[]): EventCounts {
  return [sum(all.map(([first]) => first)), sum(all.map(([, second]) => second)), sum(all.map(([, , matched]) => matched))]; // prettier-ignore
}

function totalTable(all: readonly Table[]): Table {
  const out = zeros(all[0]!.length);
  for (const one of all) addTo(out, one);
  return out;
}

function part(some: number, all: number): number | undefined {
  return all === 0 ? undefined : some / all;
}

/** A label against everything else: shape `[2][2]`. */
function oneAgainstRest(frames: Table, label: number): Table {
  const both = frames[label]![label]!;
  const first = sum(frames[label]!);
  const second = sum(frames.map((row) => row[label]!));
  return [
    [sum(frames.map(sum)) - first - second + both, second - both],
    [first - both, both],
  ];
}
