/**
 * @file How far coders agree: events that two of them found, their times and labels, and every frame beyond chance; with
 * bootstrap intervals over clips.
 */
import { TelltaleError } from '../base/errors.ts';
import type { CodedClip, Coder } from './events.ts';
import { groupAgreement } from './group.ts';
import { pairAgreement } from './pair.ts';
import type { Agreement, AgreementOptions } from './result.ts';

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
      `no clip was coded by two coders: ${coders.map(({ name, clips: own }) => `${name} has ${someOf(own.map(({ clip }) => clip))}`).join('; ')}`,
      'Clips belong together by their names: a table has them in its column "clip", other files are named like their clip.',
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
      ? `${coders.length === 1 ? '1 coder is' : 'no coder is'} given`
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

/** The longest duration that is stated, or else the end of the last event. */
function lengthOf(coded: readonly (CodedClip | undefined)[]): number {
  const known = coded.flatMap((one) => (one?.duration === undefined ? [] : [one.duration]));
  const ends = coded.flatMap((one) => (one?.events ?? []).map(({ offset }) => offset));
  return Math.max(0, ...known, ...ends);
}

/** The first of some names. */
function someOf(names: readonly string[]): string {
  const first = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${first} and ${names.length - 3} more` : first || 'none';
}
