/** @file How far all coders agree on the label of every frame, beyond chance. */
import { addTo, bootstrap, zeros } from './bootstrap.ts';
import { coincidencesOf, fleissKappa, fleissUnit, krippendorffAlpha, sum } from './chance.ts';
import type { FleissCounts } from './chance.ts';
import { labelsOfFrames } from './events.ts';
import type { CodedClip } from './events.ts';
import type { Context } from './pair.ts';
import { ANY } from './result.ts';
import type { GroupAgreement } from './result.ts';

/** What one clip adds to the counts of all coders, one of each for `any` and each label. */
interface GroupCounts {
  readonly fleiss: readonly FleissCounts[];
  readonly coincidences: readonly (readonly (readonly number[])[])[];
}

/** Compares all coders: `any` first, then each label. */
export function groupAgreement(
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
