/**
 * @file Which decisions are near a threshold. Decoders and the kernels of networks differ by a little, and a movement
 * that just exceeds a threshold by one of them does not by another: both mark it.
 *
 * A decision is at the edge where it changes when the criteria shift by as much as measurements of one clip differ. All
 * criteria are shifted in both directions and together, because a movement that is found hides others: more speech is
 * fewer expressions.
 */
import type { MotionStretch } from './follow.ts';
import { openSpotting, UNSHIFTED, type CriteriaShift, type Movement, type SpotOptions, type Spotting } from './spot.ts'; // prettier-ignore

/**
 * By what part criteria are shifted. docs/platforms.md describes how it follows from the differences between decoders that
 * `bench/answers.mjs` measures.
 */
export const MARGIN = 0.05;

/** A movement, and whether the decision on it was near a threshold. */
export interface MarginMovement extends Movement {
  /** Whether it is found, and with this kind, only without {@link MARGIN}. */
  readonly atEdge: boolean;
}

/** What {@link spotWithMargin} finds. */
export interface MarginSpotting extends Spotting {
  /** In order of onset. */
  readonly movements: readonly MarginMovement[];
  /**
   * Movements that are not found, and would be if the criteria were lower by {@link MARGIN}; in order of onset, without
   * those that overlap a movement that is found.
   */
  readonly rejected: readonly Movement[];
}

/** Spots the movements of a clip like `spotMovements`, and marks which decisions are near a threshold. */
export function spotWithMargin(
  stretches: readonly MotionStretch[],
  options: SpotOptions = {},
): MarginSpotting {
  const decide = openSpotting(stretches, options);
  const base = decide(UNSHIFTED);
  const others = shifts().map((shift) => decide(shift).movements);
  const movements = base.movements.map((movement) => ({
    ...movement,
    atEdge: !others.every((found) => found.some((other) => isSame(other, movement))),
  }));
  const rejected: Movement[] = [];
  for (const movement of others.flat().sort((a, b) => b.confidence - a.confidence)) {
    const isKnown = [...base.movements, ...rejected].some(
      (other) =>
        (other.kind === 'blink') === (movement.kind === 'blink') &&
        other.onset < movement.offset &&
        movement.onset < other.offset,
    );
    if (!isKnown) rejected.push(movement);
  }
  return { ...base, movements, rejected: rejected.sort((a, b) => a.onset - b.onset) };
}

/**
 * Criteria shifted up and down: a half fraction of all combinations, which holds every combination of any three of the
 * four (Box and Hunter 1961, "The 2^(k−p) Fractional Factorial Designs", resolution IV). And what is hidden by something
 * as prominent.
 */
function shifts(): CriteriaShift[] {
  const signs = [-1, 1];
  const combinations = signs.flatMap((threshold) =>
    signs.flatMap((speech) =>
      signs.map((blink) => ({
        threshold: MARGIN * threshold,
        speech: MARGIN * speech,
        blink: MARGIN * blink,
        duration: MARGIN * threshold * speech * blink,
        rank: 0,
      })),
    ),
  );
  // Both of two movements may differ, in opposite directions.
  return [...combinations, { ...UNSHIFTED, rank: 2 * MARGIN }];
}

/** Whether two decisions found one movement: of one kind, most of it at the same time. */
function isSame(a: Movement, b: Movement): boolean {
  if (a.kind !== b.kind) return false;
  const both = Math.min(a.offset, b.offset) - Math.max(a.onset, b.onset);
  const either = Math.max(a.offset, b.offset) - Math.min(a.onset, b.onset);
  return both >= either / 2;
}
