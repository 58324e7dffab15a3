/** @file A review as a file: what the library writes of it, and the face regions. */
import { composeReview, readReview, type ReviewFile } from '@telltale/core/report';
import type { FaceRegion } from '@telltale/core';

import { PageError } from '../session/problem.ts';

/** What was read from a file. */
export interface Reopened extends ReviewFile {
  /** Absent in reports of the command line. */
  readonly regions?: readonly (FaceRegion | null)[] | undefined;
  /** As it is known in the browser's storage, where it comes from there. */
  readonly kept?: { readonly id: string; readonly print: string } | undefined;
  /** When it was last changed there, milliseconds since 1970. */
  readonly changed?: number | undefined;
}

/** The file's text: the machine's report, the corrected one, and the events with labels and comments. */
export function reviewFile(file: Reopened): string {
  const { regions = [] } = file;
  const whole = {
    ...composeReview(file),
    regions: regions.map((region) =>
      region === null ? null : [region.x, region.y, region.size, region.angle].map(rounded),
    ),
  };
  return `${JSON.stringify(whole, null, 1).replaceAll(numberLists, (list) => list.replaceAll(/\s+/g, ''))}\n`;
}

/** Lists of numbers, which have a line each: one value per frame. Strings cannot match: in JSON they have no line breaks. */
const numberLists = /\[\n(?: +(?:-?[\d.]+(?:e[+-]?\d+)?|null),?\n)+ *\]/g;

/**
 * Reads a review, or a `report.json` of the command line.
 *
 * @throws PageError `REPORT_UNREADABLE`
 */
export function readReviewFile(text: string): Reopened {
  try {
    const file = readReview(text);
    const regions = regionsOf((JSON.parse(text) as { readonly regions?: unknown }).regions);
    return { ...file, ...(regions?.length === file.report.clip.frames && { regions }) };
  } catch (cause) {
    throw new PageError('REPORT_UNREADABLE', {}, { cause });
  }
}

function regionsOf(value: unknown): (FaceRegion | null)[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const regions: (FaceRegion | null)[] = [];
  for (const one of value as readonly unknown[]) {
    if (one === null) {
      regions.push(null);
    } else if (Array.isArray(one) && one.length === 4 && one.every(Number.isFinite)) {
      const [x, y, size, angle] = one as [number, number, number, number];
      regions.push({ x, y, size, angle });
    } else return undefined;
  }
  return regions;
}

/**
 * Where nothing but noise moves, a probability changes by 0.01 with the fifth digit of a region, so that a review that
 * was opened again would measure another one.
 */
function rounded(value: number): number {
  return Math.round(value * 1e9) / 1e9;
}
