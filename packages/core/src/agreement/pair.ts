/** @file How far two coders agree: events that both found, their times and labels, and frames beyond chance. */
import { blandAltman } from './bland-altman.ts';
import type { BlandAltman } from './bland-altman.ts';
import { bootstrap } from './bootstrap.ts';
import type { Counts } from './bootstrap.ts';
import { kappaOfSums, sum } from './chance.ts';
import type { ConfusionSums } from './chance.ts';
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

/** How often both coders gave each label, and how often they gave it together. */
interface LabelSums {
  readonly rows: number[];
  readonly columns: number[];
  readonly both: number[];
}

/** What one clip adds to the counts of a pair. */
interface PairCounts {
  /** Of `any` and each label. */
  readonly events: readonly EventCounts[];
  /** Of frames: no label first. */
  readonly frames: LabelSums;
  /** Of matched events. */
  readonly labels: LabelSums;
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
  const ratio = (i: number, of: (counts: Counts) => number | undefined): Measure =>
    bootstrap(counted.map(({ events }) => events[i]!), of, settings); // prettier-ignore
  const kappa = (tables: readonly ConfusionSums[]): Measure =>
    bootstrap(
      tables.map(({ agreeing, rows, columns }) => [agreeing, ...rows, ...columns]),
      ([agreeing, ...sums]) => {
        const size = sums.length / 2;
        return kappaOfSums({ agreeing: agreeing!, rows: sums.slice(0, size), columns: sums.slice(size) }); // prettier-ignore
      },
      settings,
    );
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
        precision: ratio(i, ([, found, hits]) => part(hits!, found!)),
        recall: ratio(i, ([there, , hits]) => part(hits!, there!)),
        f1: ratio(i, ([there, found, hits]) => part(2 * hits!, there! + found!)),
        kappa: kappa(counted.map(({ frames }) => (i === 0 ? allOf(frames) : oneAgainstRest(frames, i)))), // prettier-ignore
      };
    }),
    eventKappa: kappa(counted.map((counts) => allOf(counts.labels))),
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
  const seen = noSums(labels.length + 1);
  const place = (label: string | undefined): number =>
    label === undefined ? 0 : index.get(label)! + 1;
  for (let frame = 0; frame < frames; frame++) {
    count(seen, place(left![frame]), place(right![frame]));
  }
  const matched = noSums(labels.length);
  for (const { first, second } of matchEvents(a.events, b.events, overlap)) {
    count(matched, index.get(first.label)!, index.get(second.label)!);
  }
  return { events, frames: seen, labels: matched };
}

function noSums(size: number): LabelSums {
  const zeros = (): number[] => Array.from({ length: size }, () => 0);
  return { rows: zeros(), columns: zeros(), both: zeros() };
}

function count({ rows, columns, both }: LabelSums, first: number, second: number): void {
  rows[first]! += 1;
  columns[second]! += 1;
  if (first === second) both[first]! += 1;
}

function total(all: readonly EventCounts[]): EventCounts {
  return [sum(all.map(([first]) => first)), sum(all.map(([, second]) => second)), sum(all.map(([, , matched]) => matched))]; // prettier-ignore
}

function part(some: number, all: number): number | undefined {
  return all === 0 ? undefined : some / all;
}

function allOf({ rows, columns, both }: LabelSums): ConfusionSums {
  return { rows, columns, agreeing: sum(both) };
}

/** A label against everything else. */
function oneAgainstRest({ rows, columns, both }: LabelSums, label: number): ConfusionSums {
  const [all, first, second] = [sum(rows), rows[label]!, columns[label]!];
  return {
    rows: [all - first, first],
    columns: [all - second, second],
    agreeing: all - first - second + 2 * both[label]!,
  };
}
