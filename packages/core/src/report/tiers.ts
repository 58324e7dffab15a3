/** @file Annotations in tiers: what ELAN, Praat and subtitles hold. */

/** One annotation. Times in seconds by the clock of the media. */
export interface TierSpan {
  /** When it begins. */
  readonly start: number;
  /** When it ends. */
  readonly end: number;
  /** What is annotated. */
  readonly text: string;
}

/** A tier. */
export interface Tier {
  /** Its name, unlike those of the others. */
  readonly name: string;
  /** Who annotated. */
  readonly annotator: string;
  /** The annotations, in any order. */
  readonly spans: readonly TierSpan[];
  /** The texts that the tier is to hold; absent where it is free text. */
  readonly vocabulary?: readonly string[];
  /** Whether its annotations are moments, which last for a frame. */
  readonly isMoments?: boolean;
}

/** Everything that is annotated in a clip. */
export interface TieredClip {
  /** Name of the media. */
  readonly clip: string;
  /** Where the time line starts by the clock of the media, seconds. */
  readonly start: number;
  /** Seconds; where the clip itself is not known, the end of the last annotation. */
  readonly duration: number;
  /** The tiers, in order. */
  readonly tiers: readonly Tier[];
}

/** Programs allow no overlap within a tier: what overlaps goes into further tiers, `name 2` and so on. */
export function withoutOverlap(tier: Tier): Tier[] {
  const lanes: TierSpan[][] = [[]];
  for (const span of [...tier.spans].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const free = lanes.find((lane) => (lane.at(-1)?.end ?? -Infinity) <= span.start);
    if (free === undefined) lanes.push([span]);
    else free.push(span);
  }
  return lanes.map((spans, i) => ({ ...tier, name: i === 0 ? tier.name : `${tier.name} ${i + 1}`, spans })); // prettier-ignore
}
