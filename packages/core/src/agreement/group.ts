/** @file How far all coders agree on the label of every frame, beyond chance. */
import { bootstrap } from './bootstrap.ts';
import type { Counts } from './bootstrap.ts';
import { alphaOfSums, fleissKappa, sum } from './chance.ts';
import { labelsOfFrames } from './events.ts';
import type { CodedClip } from './events.ts';
import type { Context } from './pair.ts';
import { ANY } from './result.ts';
import type { GroupAgreement } from './result.ts';

/** Votes on the frames of one clip, for `any` or a label against the rest. */
interface Votes {
  /** Ordered pairs of coders who gave a frame the same label, all frames together. */
  readonly pairs: number;
  /** How often each label was given. */
  readonly totals: readonly number[];
}

/** What one clip adds to the coefficients, one of each for `any` and each label. */
interface GroupCounts {
  /** Frames, the part of agreeing pairs of coders, and how often each label was given. */
  readonly fleiss: readonly Counts[];
  /** Coincidences of a label with itself, and of each label with any. */
  readonly alpha: readonly Counts[];
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
    fleiss: bootstrap(
      counted.map(({ fleiss }) => fleiss[i]!),
      ([units, agreeing, ...totals]) => fleissKappa({ units: units!, agreeing: agreeing!, totals }),
      settings,
    ),
    alpha: bootstrap(
      counted.map(({ alpha }) => alpha[i]!),
      ([agreeing, ...totals]) => alphaOfSums({ agreeing: agreeing!, totals }),
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
  const coders = there.length;
  const votes = votesOf(there, labels, { frames, rate });
  const isComplete = coders === coded.length && coders >= 2;
  return {
    fleiss: votes.map(({ pairs, totals }) =>
      isComplete
        ? [frames, pairs / (coders * (coders - 1)), ...totals]
        : [0, 0, ...totals.map(() => 0)],
    ),
    alpha: votes.map(({ pairs, totals }) =>
      coders >= 2 ? [pairs / (coders - 1), ...totals] : [0, ...totals.map(() => 0)],
    ),
  };
}

/** Votes of `any`, with "nothing" first among the labels, then of each label against the rest. */
function votesOf(
  coded: readonly CodedClip[],
  labels: readonly string[],
  { frames, rate }: { readonly frames: number; readonly rate: number },
): Votes[] {
  const rows = coded.map(({ events }) => labelsOfFrames(events, frames, rate));
  const coders = rows.length;
  const index = new Map(labels.map((label, i) => [label, i + 1]));
  const totals = Array.from({ length: labels.length + 1 }, () => 0);
  let pairs = 0;
  // Where no coder gave a label, all agree that it is not there; the other frames are what differs from that.
  const alone = labels.map(() => frames * coders * (coders - 1));
  for (let frame = 0; frame < frames; frame++) {
    const given = new Map<number, number>();
    for (const row of rows) {
      const label = row[frame];
      const place = label === undefined ? 0 : index.get(label)!;
      given.set(place, (given.get(place) ?? 0) + 1);
    }
    for (const [place, count] of given) {
      totals[place]! += count;
      pairs += count * (count - 1);
      if (place > 0) alone[place - 1]! -= 2 * count * (coders - count);
    }
  }
  return [
    { pairs, totals },
    ...alone.map((same, i) => ({
      pairs: same,
      totals: [sum(totals) - totals[i + 1]!, totals[i + 1]!],
    })),
  ];
}
