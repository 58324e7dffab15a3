/** @file Filmed scenarios agree with their ground truth, on synthetic faces. */
import { describe, expect, it } from 'vitest';

import { TelltaleError } from '../base/errors.ts';
import type { Plane } from '../base/image.ts';
import { createRandom } from '../base/random.ts';
import { createTvl1 } from '../motion/tvl1.ts';
import { drawFace } from './drawn-face.ts';
import { parseUnits } from './emotions.ts';
import { muscleField } from './muscle-field.ts';
import { filmScenario, speak, type Scenario, type ScenarioClip } from './scenario.ts';

const face = drawFace(1, 60);
const scenario: Scenario = {
  ...{ name: 'test', width: 200, height: 220, interocular: 60, rate: 30, frames: 30 },
  ...{ seed: 1, noise: 0, sway: 0 },
  events: [{ kind: 'micro', units: '12', amplitude: 2, onset: 0.2, apex: 0.4, offset: 0.6 }],
};

async function look(clip: ScenarioClip, wanted: readonly number[]): Promise<Plane[]> {
  const kept = new Map<number, Plane>();
  for await (const { index, data, width, height } of clip.frames()) {
    if (!wanted.includes(index)) continue;
    const green = Float32Array.from({ length: width * height }, (_, i) => data[3 * i + 1]!);
    kept.set(index, { data: green, width, height });
  }
  return wanted.map((index) => kept.get(index)!);
}

describe('drawn faces', () => {
  it('differ between seeds and are the same for one seed', () => {
    expect(drawFace(2, 40)).toEqual(drawFace(2, 40));
    expect(drawFace(2, 40).image.data).not.toEqual(drawFace(3, 40).image.data);
  });
});

describe('speak', () => {
  it('opens the mouth three to seven times a second, within the time and the size', () => {
    const syllables = speak(createRandom(1), { onset: 1, offset: 61, amplitude: 5 });
    const starts = new Set(syllables.map(({ start }) => start));
    expect(starts.size / 60).toBeGreaterThan(3);
    expect(starts.size / 60).toBeLessThan(7);
    for (const { start, end, pixels } of syllables) {
      expect(start).toBeGreaterThanOrEqual(1);
      expect(end).toBeLessThanOrEqual(61);
      expect(pixels).toBeGreaterThan(0);
      expect(pixels).toBeLessThanOrEqual(5);
    }
  });
});

describe('muscleField', () => {
  it.each(['12', '4', '1+2', '9', '15', '17', 'L10', '6+7+12', '25+26'])(
    '%s moves one pixel at most, and nothing at its edge',
    (units) => {
      const { u, v, width, height } = muscleField(parseUnits(units), face.landmarks.points);
      const lengths = Array.from(u, (x, i) => Math.hypot(x, v[i]!));
      expect(Math.max(...lengths)).toBeCloseTo(1, 5);
      lengths.forEach((length, i) => {
        const [x, y] = [i % width, Math.floor(i / width)];
        if (x === 0 || y === 0 || x === width - 1 || y === height - 1) {
          expect(length).toBeLessThan(0.01);
        }
      });
    },
  );

  it('moves nothing for a unit that has no muscle here', () => {
    const { u } = muscleField(parseUnits('61'), face.landmarks.points);
    expect([...u]).toEqual([0]);
  });
});

describe('filmScenario', () => {
  it('moves the skin by the amplitude at the apex, and is back at the offset', async () => {
    const clip = filmScenario(face, scenario);
    expect(clip.truth.events).toMatchObject([
      {
        kind: 'micro',
        units: '12',
        onset: { frame: 6 },
        apex: { frame: 12 },
        offset: { frame: 18 },
      },
    ]);
    const [first, apex, last] = await look(clip, [0, 12, 25]);
    // All that is left is the light, which drifts by 1.5 %.
    const rest = last!.data.map((value, i) => Math.abs(value - first!.data[i]!));
    expect(Math.max(...rest)).toBeLessThan(5);
    const flow = (await createTvl1()).compute(first!, apex!);
    // Eyes are 60 apart around (100, 94.6), the mouth lies 1.15 of that below.
    const at = (x: number, y: number): number => y * flow.width + x;
    const [left, right] = [at(73, 162), at(127, 162)];
    expect(flow.u[left]).toBeLessThan(-0.5);
    expect(flow.u[right]).toBeGreaterThan(0.5);
    expect(flow.v[left]).toBeLessThan(-0.5);
    expect(Math.hypot(flow.u[right]!, flow.v[right]!)).toBeLessThan(2.6);
    expect(Math.abs(flow.v[at(100, 60)]!)).toBeLessThan(0.3);
  });

  it('blinks and speaks, and keeps speech out of the ground truth', async () => {
    const clip = filmScenario(face, {
      ...scenario,
      events: [
        { kind: 'talk', onset: 0.1, offset: 0.9 },
        { kind: 'blink', onset: 0.3, offset: 0.6 },
      ],
    });
    expect(clip.truth.events.map(({ kind }) => kind)).toEqual(['blink']);
    const [still, busy] = await look(clip, [0, 14]);
    const change = (top: number, bottom: number): number => {
      let sum = 0;
      for (let i = top * 200; i < bottom * 200; i++) {
        sum += Math.abs(still!.data[i]! - busy!.data[i]!);
      }
      return sum / ((bottom - top) * 200);
    };
    expect(change(85, 105)).toBeGreaterThan(1);
    expect(change(150, 185)).toBeGreaterThan(0.5);
    expect(change(0, 30)).toBeLessThan(0.5 * change(85, 105));
  });

  it('has no color where the camera sees none, and the same luma', async () => {
    const gray = filmScenario(face, { ...scenario, gray: true, noise: 2 });
    for await (const { data } of gray.frames()) {
      for (let i = 0; i < data.length; i += 3) {
        if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) expect.fail(`pixel ${i / 3}`);
      }
      break;
    }
  });

  it('refuses events outside the clip, and units that are none', () => {
    const late = { kind: 'micro', onset: 0.9, offset: 1.2 } as const;
    expect(() => filmScenario(face, { ...scenario, events: [late] })).toThrow(TelltaleError);
    const odd = { kind: 'micro', units: 'smile', onset: 0.1, offset: 0.2 } as const;
    expect(() => filmScenario(face, { ...scenario, events: [odd] })).toThrow(/smile/);
    expect(() => filmScenario(face, { ...scenario, rate: Number.NaN })).toThrow(/rate/);
  });
});
