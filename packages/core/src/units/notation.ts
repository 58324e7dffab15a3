/** @file Recognized units as text. */
import type { UnitAnswer } from './model.ts';
import { actionUnitOf, unitLabel, unitSign } from './vocabulary.ts';

/**
 * The units that are named, surely or not, clearest first: by decision, not by probability, which is small for a unit that
 * coders seldom write, however clearly it is seen. In the order given where a report states no decisions.
 */
export function namedUnits(answers: readonly UnitAnswer[]): UnitAnswer[] {
  return answers
    .filter(({ verdict }) => verdict !== 'absent')
    .sort((a, b) => (b.decision ?? 0) - (a.decision ?? 0));
}

/**
 * As coders write them, in the order of their numbers: `4+L12?`, where `?` marks those that are not sure; empty where none is
 * named. Units learned from synthetic movements alone are left out: {@link syntheticUnitsNotation}.
 */
export function unitsNotation(answers: readonly UnitAnswer[]): string {
  return notationOf(answers.filter(({ learnedFrom }) => learnedFrom === undefined));
}

/** As {@link unitsNotation}, of the units learned from synthetic movements alone. */
export function syntheticUnitsNotation(answers: readonly UnitAnswer[]): string {
  return notationOf(answers.filter(({ learnedFrom }) => learnedFrom === 'synthetic'));
}

function notationOf(answers: readonly UnitAnswer[]): string {
  return namedUnits(answers)
    .sort((a, b) => a.unit - b.unit)
    .map(({ unit, side, verdict }) => unitSign(unit, side) + (verdict === 'unsure' ? '?' : ''))
    .join('+');
}

/** Name of the tier of recognized units, in every file with tiers. */
export const UNITS_TIER = 'units telltale';
/** Name of the tier of those learned from synthetic movements alone. */
export const SYNTHETIC_UNITS_TIER = 'units telltale, synthetic only';

/**
 * A verdict with its units, clearest first: `negative: AU4, AU7 left (unsure)`; `AU18 (unsure, synthetic only)` where a unit was
 * learned from synthetic movements alone.
 */
export function verdictWithUnits(verdict: string, answers: readonly UnitAnswer[] = []): string {
  const named = namedUnits(answers).map(({ unit, side, verdict: found, learnedFrom }) => {
    const marks = [
      ...(found === 'unsure' ? ['unsure'] : []),
      ...(learnedFrom === 'synthetic' ? ['synthetic only'] : []),
    ];
    return `${unitLabel(unit, side)}${marks.length === 0 ? '' : ` (${marks.join(', ')})`}`;
  });
  return named.length === 0 ? verdict : `${verdict}: ${named.join(', ')}`;
}

/** `AU4 brow lowerer`. */
export function unitTitle(unit: number): string {
  return `AU${unit} ${actionUnitOf(unit)?.name ?? ''}`.trim();
}
