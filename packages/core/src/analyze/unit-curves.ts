/**
 * @file How far each action unit moves the skin, frame by frame and side by side.
 *
 * The displacements of the regions are explained by units: each unit moves some regions in some directions, and amounts
 * that are not negative are sought that explain all regions at once. This measures, and does not recognize: it has no
 * training data, keeps the amplitude, and has a value in every frame. Directions follow the descriptions of Ekman, Friesen
 * and Hager 2002, "Facial Action Coding System"; their proportions are ours. Units that move none of the regions (6)
 * or only lids, as a blink does (7), cannot be measured this way.
 */
import { REGIONS } from '../spot/regions.ts';

/** Parts of a side, and of the middle of the face. */
type Part = 'InnerBrow' | 'OuterBrow' | 'UpperLid' | 'NoseWing' | 'MouthCorner' | 'chin';

/** How a unit moves a part: outward from the middle of the face, and down; its most moved part by 1. */
type Moves = Readonly<Partial<Record<Part, readonly [outward: number, down: number]>>>;

const MOVES: readonly (readonly [unit: number, moves: Moves])[] = [
  [1, { InnerBrow: [0, -1], OuterBrow: [0, -0.25] }],
  [2, { OuterBrow: [0.1, -1], InnerBrow: [0, -0.3] }],
  [4, { InnerBrow: [-0.5, 0.85], OuterBrow: [-0.3, 0.35] }],
  [5, { UpperLid: [0, -1] }],
  [9, { NoseWing: [0.15, -1], InnerBrow: [-0.2, 0.55] }],
  [10, { NoseWing: [0.2, -1], MouthCorner: [0, -0.2] }],
  [12, { MouthCorner: [0.65, -0.75], NoseWing: [0.2, -0.15] }],
  [14, { MouthCorner: [1, 0] }],
  [15, { MouthCorner: [0.1, 1] }],
  [17, { chin: [0, -1] }],
  [45, { UpperLid: [0, 1] }], // takes what is a blink's; not reported
];
const BLINK = 45;
const CHIN = 17;

interface Column {
  readonly unit: number;
  readonly side: 'left' | 'right' | 'both';
  /** Displacement of each region, x and y in turn. */
  readonly moves: Float64Array;
}

const COLUMNS: readonly Column[] = MOVES.flatMap(([unit, moves]) =>
  (unit === CHIN ? (['both'] as const) : (['right', 'left'] as const)).map((side) => ({
    ...{ unit, side },
    moves: Float64Array.from({ length: 2 * REGIONS.length }, (_, i) => {
      const region = REGIONS[i >> 1]!;
      const isOther = region !== 'chin' && !region.startsWith(side);
      const [outward, down] = moves[region.replace(/^(right|left)/, '') as Part] ?? [0, 0];
      if (isOther) return 0;
      // The subject's right is the left of the image.
      return i % 2 === 1 ? down : side === 'right' ? -outward : outward;
    }),
  })),
);
const REPORTED = COLUMNS.filter(({ unit }) => unit !== BLINK);

/** The movement of one unit over time. */
export interface UnitCurve {
  /** Number in FACS. */
  readonly unit: number;
  /** Side of the subject; `both` for a unit of the middle of the face. */
  readonly side: 'left' | 'right' | 'both';
  /** Of each frame, pixels at an interocular distance of 100; null where nothing was measured. */
  readonly values: readonly (number | null)[];
}

/** Names of {@link unitCurves}, in order: `AU1_right`, `AU1_left` to `AU17`. */
export const unitCurveNames: readonly string[] = REPORTED.map(({ unit, side }) =>
  side === 'both' ? `AU${unit}` : `AU${unit}_${side}`,
);

/** Rest is the median of this much time around a frame, seconds. */
const REST = 3;
/** Rest is looked at this often, per second. */
const LOOKS = 10;

/**
 * How far each unit has moved the skin from rest, on each side: the median of three seconds around a frame is rest, so
 * that a movement is complete where it lasts less than 1.5 s.
 *
 * @param moves - of the regions, x and y in turn, as `regionMoves` of an analysis or `movesOf` a report gives them; null
 *   or NaN where nothing was measured
 * @param times - of the frames, seconds, as in the report
 */
export function unitCurves(
  moves: readonly ArrayLike<number | null>[],
  times: readonly number[],
): readonly UnitCurve[] {
  return unitMoves(moves, times).map(({ values, ...unit }) => ({
    ...unit,
    values: Array.from(values, (value) => (Number.isNaN(value) ? null : value)),
  }));
}

/** A {@link UnitCurve} as numbers alone: NaN where nothing was measured. */
export interface UnitMoves extends Omit<UnitCurve, 'values'> {
  /** One per frame. */
  readonly values: Float64Array;
}

/** The numbers of {@link unitCurves}, in a fifth of the memory. */
export function unitMoves(
  moves: readonly ArrayLike<number | null>[],
  times: readonly number[],
): readonly UnitMoves[] {
  const away = REGIONS.flatMap((_, i) =>
    [moves[2 * i] ?? [], moves[2 * i + 1] ?? []].map((values) => fromRest(values, times)),
  );
  const curves = REPORTED.map(() => new Float64Array(times.length).fill(Number.NaN));
  for (const frame of times.keys()) {
    const moved = away.map((values) => values[frame]!);
    if (!moved.every((value) => Number.isFinite(value))) continue;
    const amounts = explain(moved);
    REPORTED.forEach((column, i) => (curves[i]![frame] = amounts[COLUMNS.indexOf(column)]!));
  }
  return REPORTED.map(({ unit, side }, i) => ({ unit, side, values: curves[i]! }));
}

/** Less the running median, which is computed a few times per second and interpolated between; NaN where not measured. */
function fromRest(measured: ArrayLike<number | null>, times: readonly number[]): Float64Array {
  // Not lists: of an hour at 200 frames per second they take three times as much memory.
  const values = new Float64Array(times.length);
  for (let i = 0; i < values.length; i++) values[i] = measured[i] ?? Number.NaN;
  const first = times[0] ?? 0;
  const looks = Math.floor(((times.at(-1) ?? 0) - first) * LOOKS) + 1;
  // One value per look, the last in it.
  const seen = Array.from({ length: looks }, (): number | null => null);
  times.forEach((time, i) => {
    seen[Math.floor((time - first) * LOOKS)] = Number.isNaN(values[i]) ? null : values[i]!;
  });
  const half = Math.round((REST * LOOKS) / 2);
  const rest = seen.map((_, look) => {
    const near = seen
      .slice(Math.max(0, look - half), look + half + 1)
      .filter((one) => one !== null);
    return near.length === 0 ? null : new Float64Array(near).sort()[near.length >> 1]!;
  });
  for (let i = 0; i < values.length; i++) {
    const at = (times[i]! - first) * LOOKS;
    const a = rest[Math.floor(at)];
    const b = rest[Math.min(looks - 1, Math.floor(at) + 1)];
    values[i]! -= a == null || b == null ? Number.NaN : a + (b - a) * (at % 1);
  }
  return values;
}

/** Keeps units apart that move the same regions: they share what both explain. */
const RIDGE = 0.05;
const GRAM = COLUMNS.map((a) =>
  COLUMNS.map((b) => sumOf(a.moves, b.moves) + (a === b ? RIDGE : 0)),
);
const SWEEPS = 60;

/**
 * Amounts of the units, none negative, whose moves add up to what was measured: nonnegative least squares by coordinate
 * descent.
 *
 * @see Franc, Hlaváč and Navara 2005, "Sequential Coordinate-Wise Algorithm for the Non-negative Least Squares Problem"
 */
function explain(moved: readonly number[]): Float64Array {
  const amounts = new Float64Array(COLUMNS.length);
  const slope = Float64Array.from(COLUMNS, ({ moves }) => -sumOf(moves, moved));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let largest = 0;
    for (let k = 0; k < amounts.length; k++) {
      const next = Math.max(0, amounts[k]! - slope[k]! / GRAM[k]![k]!);
      const step = next - amounts[k]!;
      if (step === 0) continue;
      for (let i = 0; i < slope.length; i++) slope[i]! += step * GRAM[k]![i]!;
      amounts[k] = next;
      largest = Math.max(largest, Math.abs(step));
    }
    if (largest < 1e-5) break;
  }
  return amounts;
}

function sumOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
