/** @file How far two reports of one clip are apart. */
import type { Expression, Report } from '@telltale/core';

/** Differences between two reports of one clip. */
export interface AnswerDifference {
  /** Events that only one of them has, by onset, apex, offset and kind; empty where the answer is the same. */
  readonly onlyHere: readonly string[];
  readonly onlyThere: readonly string[];
  /** Of these, what neither report marks as at the edge. */
  readonly unmarked: readonly string[];
  /** Largest difference of onset, apex or offset of the same event, frames. */
  readonly frames: number;
  readonly confidence: number;
  /** Of the probabilities of classes. */
  readonly probability: number;
  /** Of the curve, in parts of the threshold. */
  readonly curve: number;
  /** Of the thresholds, in parts of the threshold. */
  readonly threshold: number;
}

/** Frames by which onset, apex and offset of the same event may differ. */
const NEAR = 1;

/** Compares two reports. */
export function compareAnswers(here: Report, there: Report): AnswerDifference {
  const left = [...there.expressions];
  const pairs: (readonly [Expression, Expression])[] = [];
  const onlyHere: Expression[] = [];
  for (const event of here.expressions) {
    const at = left.findIndex(
      (other) => other.kind === event.kind && framesApart(event, other) <= NEAR,
    );
    if (at < 0) onlyHere.push(event);
    else pairs.push([event, ...left.splice(at, 1)] as [Expression, Expression]);
  }
  const most = (of: (pair: readonly [Expression, Expression]) => number): number =>
    Math.max(0, ...pairs.map(of));
  const { threshold } = there.movement;
  return {
    onlyHere: onlyHere.map(labelOf),
    onlyThere: left.map(labelOf),
    unmarked: [
      ...onlyHere.filter((event) => !isMarked(event, there)),
      ...left.filter((event) => !isMarked(event, here)),
    ].map(labelOf),
    frames: most(([a, b]) => framesApart(a, b)),
    confidence: most(([a, b]) => Math.abs(a.confidence! - b.confidence!)),
    probability: most(([a, b]) => probabilitiesApart(a, b)),
    curve: curvesApart(here.movement.values, there.movement.values) / threshold,
    threshold: Math.abs(here.movement.threshold - threshold) / threshold,
  };
}

/** Whether an event is at the edge, or what the other report has at its time. */
function isMarked(event: Expression, { expressions, candidates = [] }: Report): boolean {
  const others = [...expressions.filter(({ atEdge }) => atEdge === true), ...candidates];
  return (
    event.atEdge === true ||
    others.some(
      ({ onset, offset }) => onset.frame <= event.offset.frame && event.onset.frame <= offset.frame,
    )
  );
}

const labelOf = ({ onset, apex, offset, kind, confidence }: Expression): string =>
  `${kind} ${onset.frame}–${apex.frame}–${offset.frame} (${confidence})`;

const framesApart = (a: Expression, b: Expression): number =>
  Math.max(
    ...(['onset', 'apex', 'offset'] as const).map((moment) =>
      Math.abs(a[moment].frame - b[moment].frame),
    ),
  );

function probabilitiesApart(a: Expression, b: Expression): number {
  const names = new Set([...Object.keys(a.classes ?? {}), ...Object.keys(b.classes ?? {})]);
  return Math.max(
    0,
    ...[...names].map((name) => Math.abs((a.classes?.[name] ?? 0) - (b.classes?.[name] ?? 0))),
  );
}

function curvesApart(a: readonly (number | null)[], b: readonly (number | null)[]): number {
  if (a.length !== b.length) return Infinity;
  return a.reduce<number>((most, value, i) => {
    const other = b[i] ?? null;
    if (value === null || other === null) return value === other ? most : Infinity;
    return Math.max(most, Math.abs(value - other));
  }, 0);
}
