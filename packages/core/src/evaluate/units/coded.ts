/** @file What coders wrote of action units, as labels of both sides of a face. */
import { parseActionUnits } from '../../datasets/action-units.ts';
import type { Shown } from '../../units/fit.ts';

/** Labels of both sides, one per unit. */
export interface CodedSides {
  /** The subject's left. */
  readonly left: readonly Shown[];
  /** The subject's right. */
  readonly right: readonly Shown[];
}

/**
 * Labels of a list of coded units: `4`, `L14`. A unit without a side acts on both; `T` and `B` (upper and lower) count
 * as both. An uncertain unit is not known on the sides that it would act on, unless the same unit is certain there.
 *
 * @param units - numbers of the units that labels are wanted of, in their order
 */
export function codedSides(
  units: readonly number[],
  {
    certain,
    uncertain = [],
  }: { readonly certain: readonly string[]; readonly uncertain?: readonly string[] },
): CodedSides {
  const left: Shown[] = units.map(() => 0);
  const right: Shown[] = units.map(() => 0);
  const mark = (name: string, shown: Shown): void => {
    const [, side, digits] = /^([LRTB]?)(\d+)$/.exec(name) ?? [];
    const at = units.indexOf(Number(digits));
    if (digits === undefined || at < 0) return;
    if (side !== 'R') left[at] = shown;
    if (side !== 'L') right[at] = shown;
  };
  for (const name of uncertain) mark(name, undefined);
  for (const name of certain) mark(name, 1);
  return { left, right };
}

/** As {@link codedSides}, from the text of a cell: `4+L14`. */
export function codedCell(units: readonly number[], cell: string, uncertain = ''): CodedSides {
  const read = parseActionUnits(cell);
  const others = parseActionUnits(uncertain);
  return codedSides(units, {
    certain: read.certain,
    uncertain: [...read.uncertain, ...others.certain, ...others.uncertain],
  });
}
