/**
 * @file The subjects of a clip: sequences of sightings that show the same face, with the whole clip known.
 *
 * Two sequences that never overlap in time may be one subject. The most similar pair is joined first, so that after two
 * subjects crossed each is joined to the sequences that look like it; where both look alike, motion decides.
 */
import { appearanceDistance, type Appearance } from './appearance.ts';
import type { FaceRegion } from './landmarks.ts';
import { distanceOf, type Sequence, type Sighting } from './sightings.ts';

/** A subject of a clip. */
export interface Subject {
  /** From 1, those that fill the clip most first. */
  readonly number: number;
  /** Where the face was found, about five times per second. */
  readonly sightings: readonly Sighting[];
}

/**
 * Whose face is followed: of the subject that fills the clip most, of the one who is leftmost or rightmost in the image
 * (on average, among those who are seen for at least a quarter as long as the one seen longest), or of a subject by
 * number.
 */
export type FaceChoice = 'largest' | 'left' | 'right' | number;

/** Sequences apart in time are one subject where they differ by no more than this. */
const SAME_SUBJECT = 0.22;
/** As {@link SAME_SUBJECT}, where the face also moves on as before; a turned head looks different. */
const SAME_MOVING = 0.4;
/** Runs of the detector over which motion is extrapolated. */
const FORESEEN = 5;
/** What a whole region's side between the place that was foreseen and the one that was found is worth. */
const MISSED_PLACE = 0.15;
/** More sequences than this are not compared with each other: the shortest ones stay apart. */
const MOST_COMPARED = 1500;
/** Subjects who are seen in fewer runs of the detector are taken for false detections. */
const LEAST_SIGHTINGS = 3;
/** Share of the longest time in which one must be seen to be the leftmost or the rightmost. */
const LEAST_SHARE = 0.25;

/** A subject in the making. */
interface Group {
  readonly parts: readonly Sequence[];
  readonly mean: Appearance;
  readonly count: number;
}

/**
 * Joins sequences to subjects, the one that fills the clip most first.
 *
 * @param runs - number of runs of the detector
 */
export function joinSubjects(sequences: readonly Sequence[], runs: number): Subject[] {
  const longest = [...sequences].sort((a, b) => b.sightings.length - a.sightings.length);
  const groups = mergeGroups(longest.slice(0, MOST_COMPARED).map(groupOf));
  groups.push(...longest.slice(MOST_COMPARED).map(groupOf));
  const least = Math.min(LEAST_SIGHTINGS, Math.max(1, Math.ceil(runs / 4)));
  const lasting = groups.filter(({ count }) => count >= least);
  return (lasting.length > 0 ? lasting : groups)
    .map(({ parts }) => parts.flatMap(({ sightings }) => sightings))
    .map((sightings) => [...sightings].sort((a, b) => a.frame - b.frame))
    .sort((a, b) => filled(b) - filled(a))
    .map((sightings, i) => ({ number: i + 1, sightings }));
}

/** What the sightings of a face fill, squared pixels. */
export function filled(sightings: readonly Sighting[]): number {
  return sightings.reduce((sum, { region }) => sum + region.size ** 2, 0);
}

/** The subject that a choice means; undefined where there is none. */
export function subjectOf(subjects: readonly Subject[], choice: FaceChoice): Subject | undefined {
  if (choice === 'largest') return subjects[0];
  if (typeof choice === 'number') return subjects.find(({ number }) => number === choice);
  const longest = Math.max(...subjects.map(({ sightings }) => sightings.length));
  const seen = subjects.filter(({ sightings }) => sightings.length >= LEAST_SHARE * longest);
  const place = ({ sightings }: Subject): number =>
    sightings.reduce((sum, { region }) => sum + region.x, 0) / sightings.length;
  seen.sort((a, b) => place(a) - place(b));
  return choice === 'left' ? seen[0] : seen.at(-1);
}

function groupOf(sequence: Sequence): Group {
  return { parts: [sequence], mean: sequence.looks[1], count: sequence.sightings.length };
}

/** Merges the pair with the least cost until none is left that may be one subject. */
function mergeGroups(start: readonly Group[]): Group[] {
  const groups = new Set(start);
  const best = new Map<Group, { readonly other: Group; readonly cost: number }>();
  const search = (group: Group): void => {
    best.delete(group);
    for (const other of groups) {
      if (other === group) continue;
      const cost = mergeCost(group, other);
      if (cost < (best.get(group)?.cost ?? 1)) best.set(group, { other, cost });
    }
  };
  for (const group of groups) search(group);
  for (;;) {
    let pair: { readonly a: Group; readonly b: Group; readonly cost: number } | undefined;
    for (const [a, { other: b, cost }] of best) {
      if (pair === undefined || cost < pair.cost) pair = { a, b, cost };
    }
    if (pair === undefined) return [...groups];
    const { a, b } = pair;
    const merged = merge(a, b);
    for (const old of [a, b]) {
      groups.delete(old);
      best.delete(old);
    }
    groups.add(merged);
    search(merged);
    for (const group of groups) {
      if (group === merged) continue;
      const before = best.get(group)?.other;
      if (before === a || before === b) search(group);
      else {
        const cost = mergeCost(group, merged);
        if (cost < (best.get(group)?.cost ?? 1)) best.set(group, { other: merged, cost });
      }
    }
  }
}

function merge(a: Group, b: Group): Group {
  const count = a.count + b.count;
  const mean = a.mean.map((value, i) => (a.count * value + b.count * b.mean[i]!) / count);
  return { parts: [...a.parts, ...b.parts], mean, count };
}

/** How unlikely it is that two groups are one subject: below 1 where they may be. */
function mergeCost(a: Group, b: Group): number {
  const isApart = a.parts.every((one) =>
    b.parts.every((other) => one.runs[1] < other.runs[0] || other.runs[1] < one.runs[0]),
  );
  if (!isApart) return Infinity;
  const difference = appearanceDistance(a.mean, b.mean);
  const anywhere = difference / SAME_SUBJECT;
  const next = neighbors(a, b);
  if (next === undefined) return anywhere;
  const [before, after] = next;
  const nearby = Math.min(difference, appearanceDistance(before.looks[2], after.looks[0]));
  const missed = missedPlace(before, after);
  return missed > 1 ? anywhere : Math.min(anywhere, (nearby + MISSED_PLACE * missed) / SAME_MOVING);
}

/** The two sequences of different groups with the shortest pause between them, in order, where that is short. */
function neighbors(a: Group, b: Group): readonly [Sequence, Sequence] | undefined {
  let nearest: readonly [Sequence, Sequence] | undefined;
  let shortest = FORESEEN + 1;
  for (const one of a.parts) {
    for (const other of b.parts) {
      const [before, after] = one.runs[0] < other.runs[0] ? [one, other] : [other, one];
      const pause = after.runs[0] - before.runs[1];
      if (pause < shortest) {
        shortest = pause;
        nearest = [before, after];
      }
    }
  }
  return nearest;
}

/** How far the start of one sequence is from where the other one was heading, in sides of the region. */
function missedPlace(before: Sequence, after: Sequence): number {
  const last = before.sightings.at(-1)!;
  const first = after.sightings[0]!;
  const earlier = before.sightings.at(-1 - FORESEEN) ?? before.sightings[0]!;
  const span = last.frame - earlier.frame;
  const ahead = span > 0 ? (first.frame - last.frame) / span : 0;
  const foreseen: FaceRegion = {
    ...last.region,
    x: last.region.x + ahead * (last.region.x - earlier.region.x),
    y: last.region.y + ahead * (last.region.y - earlier.region.y),
  };
  const size = Math.min(foreseen.size, first.region.size);
  return distanceOf(foreseen, first.region) / size;
}
