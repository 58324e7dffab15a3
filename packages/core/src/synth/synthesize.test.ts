/** @file Demonstration clips agree with their ground truth. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Plane } from '../base/image.ts';
import { createTvl1 } from '../motion/tvl1.ts';
import type { Frame } from '../video/frames.ts';
import { ACTIONS, actionField, type ActionKind } from './actions.ts';
import { schematicLandmarks, texturedPhoto } from './schematic.cases.ts';
import { scoreAgainst } from './score.ts';
import { synthesize, type SynthesisOptions } from './synthesize.ts';
import { activation } from './truth.ts';

const kinds = Object.keys(ACTIONS) as ActionKind[];
const photo = texturedPhoto(360, 400);
const face = schematicLandmarks([180, 150], 80);
const small = { width: 240, height: 240, interocular: 80, noise: 0, sway: 0 } as const;
const make = (options: SynthesisOptions = {}) => synthesize(photo, face, { ...small, ...options });

async function framesOf(
  clip: { frames(): AsyncIterable<Frame> },
  wanted: readonly number[],
): Promise<Plane[]> {
  const kept = new Map<number, Plane>();
  for await (const frame of clip.frames()) {
    if (!wanted.includes(frame.index)) continue;
    const data = Float32Array.from(
      { length: frame.width * frame.height },
      (_, i) => frame.data[3 * i + 1]!,
    );
    kept.set(frame.index, { data, width: frame.width, height: frame.height });
  }
  return wanted.map((index) => kept.get(index)!);
}

describe('action fields', () => {
  it.each(kinds)('%s moves at most one pixel, and nothing at the edge of its box', (kind) => {
    const { u, v, width, height } = actionField(ACTIONS[kind], face.points);
    let largest = 0;
    for (let i = 0; i < u.length; i++) {
      const length = Math.hypot(u[i]!, v[i]!);
      largest = Math.max(largest, length);
      const [x, y] = [i % width, Math.floor(i / width)];
      const isEdge = x === 0 || y === 0 || x === width - 1 || y === height - 1;
      if (isEdge) expect(length).toBeLessThan(0.02);
    }
    expect(largest).toBeCloseTo(1, 5);
  });

  it.each(kinds)(
    '%s on one side leaves the other still: the left is the right of the image',
    (kind) => {
      const [left, right] = (['left', 'right'] as const).map((side) => {
        const { left: x0, width, u, v } = actionField(ACTIONS[kind], face.points, side);
        // Centers of what moves: means of x over the field, weighted by its length.
        const lengths = Array.from(u, (value, i) => Math.hypot(value, v[i]!));
        const sum = lengths.reduce((a, b) => a + b, 0);
        expect(Math.max(...lengths)).toBeCloseTo(1, 5);
        return lengths.reduce((a, length, i) => a + length * (x0 + (i % width)), 0) / sum;
      });
      expect(left).toBeGreaterThan(185);
      expect(right).toBeLessThan(175);
      expect(make({ kind, side: 'left' }).truth.events[0]!.units).toMatch(/^L\d+(\+L\d+)*$/);
    },
  );

  it('move both sides of the face alike, mirrored', () => {
    for (const kind of kinds) {
      const { left, top, width, u, v } = actionField(ACTIONS[kind], face.points);
      const at = (plane: Float32Array, x: number, y: number): number =>
        plane[(y - top) * width + x - left]!;
      for (const [dx, y] of [
        [20, 125],
        [32, 238],
        [40, 120],
      ] as const) {
        if (y < top || (y - top) * width >= u.length || 180 - dx < left) continue;
        expect(at(u, 180 - dx, y)).toBeCloseTo(-at(u, 180 + dx, y), 4);
        expect(at(v, 180 - dx, y)).toBeCloseTo(at(v, 180 + dx, y), 4);
      }
    }
  });

  it('turn with the face', () => {
    const quarter = face.points.map((_, i) =>
      i % 2 === 0 ? 400 - face.points[i + 1]! : face.points[i - 1]!,
    );
    const upright = actionField(ACTIONS['brow-raise'], face.points);
    const turned = actionField(ACTIONS['brow-raise'], quarter);
    const sum = (plane: Float32Array): number => plane.reduce((a, b) => a + b, 0);
    expect(sum(turned.u)).toBeCloseTo(-sum(upright.v), -1); // up becomes right
    expect(Math.abs(sum(turned.v))).toBeLessThan(0.05 * Math.abs(sum(turned.u)));
  });
});

describe('truth', () => {
  it('has a blink within a short clip', () => {
    const { truth } = make({
      seed: 262825,
      rate: 25,
      seconds: 2.5,
      blink: true,
      kind: 'brow-raise',
    });
    expect(truth.events[1]!.kind).toBe('blink');
    expect(truth.events[1]!.offset.time).toBeLessThanOrEqual(2.5);
  });

  it('lies within the clip, in order, and lasts as long as a micro-expression', () => {
    fc.assert(
      fc.property(
        fc.record({
          seed: fc.integer({ min: 0, max: 1e6 }),
          rate: fc.constantFrom(25, 30, 60, 100, 200),
          seconds: fc.double({ min: 2.5, max: 10, noNaN: true }),
          blink: fc.boolean(),
          kind: fc.constantFrom(...kinds),
        }),
        (options) => {
          const { truth, expectedFrames } = make(options);
          expect(truth.clip.frames).toBe(expectedFrames);
          const expression = truth.events.filter(({ kind }) => kind !== 'blink');
          expect(expression).toHaveLength(1);
          expect(truth.events).toHaveLength(options.blink ? 2 : 1);
          for (const { onset, apex, offset } of truth.events) {
            expect(onset.time).toBeGreaterThanOrEqual(0);
            expect(apex.time).toBeGreaterThan(onset.time);
            expect(offset.time).toBeGreaterThan(apex.time);
            expect(offset.time).toBeLessThanOrEqual(options.seconds);
            expect(onset.frame).toBe(Math.round(onset.time * options.rate));
          }
          const [{ onset, offset }] = expression as [(typeof expression)[number]];
          expect(offset.time - onset.time).toBeGreaterThanOrEqual(0.2);
          expect(offset.time - onset.time).toBeLessThanOrEqual(0.5);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('rises from 0 to 1 and back without a jump', () => {
    const [event] = make({ onset: 1, duration: 0.4 }).truth.events as [
      ReturnType<typeof make>['truth']['events'][number],
    ];
    const heights = Array.from({ length: 601 }, (_, i) => activation(event, 0.8 + i / 1000));
    expect(heights[0]).toBe(0);
    expect(heights.at(-1)).toBe(0);
    expect(activation(event, event.apex.time)).toBe(1);
    for (let i = 1; i < heights.length; i++) {
      expect(Math.abs(heights[i]! - heights[i - 1]!)).toBeLessThan(0.02);
    }
  });

  it('refuses what cannot be rendered', () => {
    expect(() => make({ rate: 0 })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
    expect(() => make({ seconds: 1, onset: 0.9 })).toThrow(/in a clip of 1 s/);
    expect(() => make({ amplitude: Number.NaN })).toThrow(/amplitude/);
  });
});

describe('frames', () => {
  it('are the same for the same seed and others for another', async () => {
    const options = { seconds: 1, noise: 2, sway: 1, onset: 0.3 };
    const sum = async (seed: number): Promise<number> => {
      const [frame] = await framesOf(make({ ...options, seed }), [12]);
      return frame!.data.reduce((a, b, i) => a + b * (i % 7), 0);
    };
    expect(await sum(3)).toBe(await sum(3));
    expect(await sum(4)).not.toBe(await sum(3));
  });

  it.each(kinds)('%s moves by its amplitude, in its direction', async (kind) => {
    const clip = make({ kind, amplitude: 3, seconds: 1, onset: 0.3, duration: 0.4 });
    const [event] = clip.truth.events as [(typeof clip.truth.events)[number]];
    const [before, apex] = await framesOf(clip, [event.onset.frame, event.apex.frame]);
    const { u, v, width } = (await createTvl1()).compute(before!, apex!);
    const field = actionField(ACTIONS[kind], schematicLandmarks([120, 103.2], 80).points);
    let [agreement, planted, largest] = [0, 0, 0];
    for (let i = 0; i < field.u.length; i++) {
      const x = field.left + (i % field.width);
      const y = field.top + Math.floor(i / field.width);
      if (x < 0 || x >= width || y < 0 || y >= 240) continue;
      const at = y * width + x;
      agreement += u[at]! * field.u[i]! + v[at]! * field.v[i]!;
      planted += 3 * (field.u[i]! ** 2 + field.v[i]! ** 2);
      largest = Math.max(largest, Math.hypot(u[at]!, v[at]!));
    }
    expect(agreement / planted).toBeGreaterThan(0.85);
    expect(agreement / planted).toBeLessThan(1.1);
    expect(largest).toBeGreaterThan(2.6);
    expect(largest).toBeLessThan(3.6);
  });

  it('close the eyes in a blink and leave the rest alone', async () => {
    const clip = make({ amplitude: 0, blink: true, seconds: 3, rate: 25 });
    const blink = clip.truth.events.find(({ kind }) => kind === 'blink')!;
    const [open, shut] = await framesOf(clip, [blink.onset.frame, blink.apex.frame]);
    const change = (x: number, y: number): number => {
      let sum = 0;
      for (let dy = -3; dy <= 3; dy++) {
        for (let dx = -8; dx <= 8; dx++) {
          const i = (y + dy) * 240 + x + dx;
          sum += Math.abs(open!.data[i]! - shut!.data[i]!);
        }
      }
      return sum / 119;
    };
    expect(change(80, 102)).toBeGreaterThan(3); // the eye on the left
    expect(change(160, 102)).toBeGreaterThan(3);
    expect(change(120, 190)).toBeLessThan(1.5); // the mouth: light alone
  });
});

describe('scoring', () => {
  const { truth } = make({ rate: 100, onset: 1, duration: 0.4, seconds: 3 });
  const interval = (kind: string, onset: number, offset: number) => ({
    ...{ kind, onset: { frame: onset }, offset: { frame: offset } },
  });

  it('finds at an overlap of one half, with both ends counted', () => {
    // The event spans frames 100 to 140: 41 frames; 100–181 has 82.
    expect(scoreAgainst(truth, [interval('micro', 100, 181)]).events[0]).toMatchObject({
      overlap: 0.5,
      found: true,
    });
    expect(scoreAgainst(truth, [interval('micro', 100, 182)]).events[0]!.found).toBe(false);
  });

  it('counts everything else as a false alarm, a blink in its place too', () => {
    const { events, falseAlarms } = scoreAgainst(truth, [
      interval('blink', 100, 140),
      interval('micro', 105, 140),
      interval('micro', 98, 150),
    ]);
    expect(events[0]!.found).toBe(true);
    expect(falseAlarms.map(({ onset }) => onset.frame)).toEqual([100, 98]);
  });
});
