/** @file Curves that can be switched on: which, where they are named, and colors that are seen on light and on dark. */
import { expect, it } from 'vitest';

import { unitCurveNames } from '@telltale/core';
import { linesOf, peakOf, topOf, UNIT_COLORS } from './lines.ts';

const moves = Array.from({ length: 22 }, (_, i) => Float32Array.from([0, i === 4 ? 3 : 0, 0]));
const lineOf = (unit: number, side: 'left' | 'right' | 'both', peak: number) => ({
  ...{ unit, side },
  values: Float32Array.from([NaN, peak, 0]),
});
const unitLines = [lineOf(12, 'right', 1), lineOf(12, 'left', 2), lineOf(17, 'both', 5)];

it('only what was switched on is drawn, sides apart', () => {
  const lines = linesOf(
    { moves, unitLines },
    { regions: ['rightOuterBrow'], units: [12], from: 0 },
  );
  expect(lines.map(({ name, isDashed }) => [name, isDashed])).toEqual([
    ['rightOuterBrow', true],
    ['AU12 right', true],
    ['AU12 left', false],
  ]);
  expect(topOf(lines)).toBe(3);
  expect(topOf([])).toBe(0.5);
  expect(peakOf(lines[2]!, { first: 0, last: 2, least: 0.1 })).toEqual({ frame: 1, value: 2 });
  expect(peakOf(lines[2]!, { first: 2, last: 2, least: 0.1 })).toBeUndefined();
});

it('every unit that is measured has a color of its own, with a contrast of 3 on light and dark', () => {
  const measured = new Set(unitCurveNames.map((name) => Number(/\d+/.exec(name)![0])));
  expect([...UNIT_COLORS.keys()]).toEqual([...measured]);
  expect(new Set(UNIT_COLORS.values()).size).toBe(UNIT_COLORS.size);
  for (const color of UNIT_COLORS.values()) {
    expect(contrast(color, '#eeebe4'), color).toBeGreaterThan(3);
    expect(contrast(color, '#0c0f14'), color).toBeGreaterThan(3);
  }
});

/** By WCAG 2.2. */
function contrast(one: string, other: string): number {
  const [dark, light] = [one, other].map(luminance).sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
