/** @file Synthetic faces from which the recognizer of units learns beside real ones. */
import { TelltaleError } from '@telltale/core';
import { codedCell } from '@telltale/core/evaluate';
import { flowInput } from '@telltale/core/nets';
import { unitSamples } from '@telltale/core/synth';
import { UNIT_NUMBERS, unitFeatures } from '@telltale/core/units';
import type { CodedFace } from '@telltale/core/units';

/** Synthetic images between two pauses. */
const PAUSE = 64;

/** How images are drawn: `unitSamples` or another generator of `@telltale/core/synth`. */
export type DrawSamples = typeof unitSamples;

/**
 * Draws faces with their units.
 *
 * @param options - `draw`: `unitSamples` where it is absent; `units`: those to draw and to label; `onDrawn`: called with how many there are
 * @throws TelltaleError `CANCELED`
 */
export async function synthesizeFaces(
  count: number,
  {
    seed,
    signal,
    draw = unitSamples,
    units: drawn = UNIT_NUMBERS,
    onDrawn,
  }: {
    readonly seed: number;
    readonly signal?: { readonly aborted: boolean } | undefined;
    readonly draw?: DrawSamples;
    readonly units?: readonly number[];
    readonly onDrawn?: (done: number) => void;
  },
): Promise<CodedFace[]> {
  const faces: CodedFace[] = [];
  for (const { image, units } of draw(count, { seed, units: drawn })) {
    const features = unitFeatures(flowInput(image));
    faces.push({ subject: 'synthetic', features, ...codedCell(drawn, units) });
    if (faces.length % PAUSE > 0) continue;
    onDrawn?.(faces.length);
    await new Promise((next) => setImmediate(next));
    if (signal?.aborted) throw new TelltaleError('CANCELED', 'canceled', 'Run it again to resume.');
  }
  return faces;
}
