/** @file Images to network inputs: head motion and lighting are removed, mirroring commutes, wrong or missing images are named. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { sha256 } from '../base/sha256.ts';
import { flowInput, flowSize, mirrorInput, prepareInput, type InputPlane } from './input.ts';
import { alphaUsed, facesWanted, pickImages, imagesUsed, standsIn } from './images.ts';

const bytes = fc.uint8Array({ minLength: 3 * 28 * 28, maxLength: 3 * 28 * 28 });
const image = (data: Uint8Array) => ({ data, width: 28, height: 28, channels: 3 as const });

test('planes are u, v, strain without their medians, in units of their root mean square, clipped at 3', () => {
  const data = new Uint8Array(3 * 28 * 28);
  for (let i = 0; i < 28 * 28; i++) data.set([100, 200, 51], 3 * i);
  for (let i = 0; i < 28; i++) data.set([100 + i, 200 - 2 * i, 51], 3 * i);
  data.set([100, 200, 255], 0);
  const input = flowInput(image(data));
  const unit = Math.sqrt((27 * 28 * 55) / 6 / 784); // of the squares of 0 to 27 over all pixels
  expect(input[3]).toBeCloseTo(3 / unit, 5);
  expect(input[784 + 3]).toBeCloseTo(-3 / unit, 5); // twice as far, in a unit twice as large
  expect(input[27]).toBe(3);
  expect(input[784 + 27]).toBe(-3);
  expect(input[783]).toBe(0);
  expect(input[1568]).toBe(3); // 28 without the limit
  expect(input[1569]).toBe(0);
});

test('stretching a plane to other bytes changes little, and an image without movement is 0', () => {
  const still = flowInput(image(new Uint8Array(3 * 28 * 28).fill(90)));
  expect(still.every((value) => value === 0)).toBe(true);
  const wave = (low: number, high: number) =>
    flowInput(
      image(
        Uint8Array.from({ length: 3 * 28 * 28 }, (_, i) =>
          Math.round(low + (high - low) * (0.5 + 0.5 * Math.sin(i / 7))),
        ),
      ),
    );
  const [narrow, wide] = [wave(60, 160), wave(0, 255)];
  narrow.forEach((value, i) => expect(Math.abs(value - wide[i]!)).toBeLessThan(0.05));
});

test('the mirrored face with u reversed gives the mirrored input', () => {
  fc.assert(
    fc.property(bytes, (data) => {
      const mirrored = new Uint8Array(data.length);
      for (let i = 0; i < data.length; i++) {
        const [pixel, channel] = [Math.floor(i / 3), i % 3];
        const from = 3 * (pixel - (pixel % 28) + 27 - (pixel % 28)) + channel;
        mirrored[i] = channel === 0 ? 255 - data[from]! : data[from]!;
      }
      const expected = mirrorInput(flowInput(image(data)));
      const actual = flowInput(image(mirrored));
      return actual.every((value, i) => Math.abs(value - expected[i]!) < 1e-6);
    }),
  );
});

test('mirroring twice changes nothing', () => {
  fc.assert(
    fc.property(bytes, (data) => {
      const input = flowInput(image(data));
      const again = mirrorInput(mirrorInput(input, flowSize));
      return again.every((value, i) => value === input[i]);
    }),
  );
});

test('an image of another size is named with its size', () => {
  expect(() =>
    flowInput({ data: new Uint8Array(27 * 28 * 3), width: 27, height: 28, channels: 3 }),
  ).toThrow(/27×28/);
});

const face = (of: (pixel: number) => number, channels: 3 | 4 = 3) => ({
  data: Uint8Array.from({ length: 28 * 28 * channels }, (_, i) => of(Math.floor(i / channels))),
  width: 28,
  height: 28,
  channels,
});
const flow = image(Uint8Array.from({ length: 28 * 28 * 3 }, (_, i) => (i * 37 + (i >> 5)) % 256));

describe('prepareInput', () => {
  // The hash is that of NumPy: bytes / 255 as float32, less the mean of the two middle values.
  test('of flow alone is what the networks that ship were trained on, to the bit', () => {
    const input = prepareInput({ flow });
    expect(input).toEqual(flowInput(flow));
    expect(sha256(new Uint8Array(input.buffer))).toBe(
      '87b4892210c7f640e02aeaa9302031fb7d65eb9d3590a0dd511d047f749600f9',
    );
    const whole = prepareInput({ flow, apex: face((i) => i % 251) }, ['strain', 'apex', 'u']);
    expect(whole.subarray(0, 784)).toEqual(input.subarray(1568));
    expect(whole.subarray(1568)).toEqual(input.subarray(0, 784));
  });

  test('a face plane does not depend on lighting and contrast', () => {
    const dark = face((i) => 20 + (i % 40));
    const bright = face((i) => 90 + 3 * (i % 40), 4);
    const [one, two] = [dark, bright].map((apex) => prepareInput({ flow, apex }, ['apex']));
    one!.forEach((value, i) => expect(two![i]).toBeCloseTo(value, 5));
    expect(one!.reduce((a, b) => a + b) / 784).toBeCloseTo(0, 5);
    expect(one!.reduce((a, b) => a + b * b, 0) / 784).toBeCloseTo(1, 5);
    expect(prepareInput({ flow, apex: face(() => 7) }, ['apex']).every((v) => v === 0)).toBe(true);
  });

  test('the difference is that of the planes beside it', () => {
    const images = {
      flow,
      apex: face((i) => (i * 7) % 256),
      onset: face((i) => (i * 5) % 256),
      magnified: face((i) => (i * 11) % 256),
    };
    for (const later of ['apex', 'magnified'] as const) {
      const input = prepareInput(images, [later, 'onset', 'difference']);
      for (let i = 0; i < 784; i++)
        expect(input[1568 + i]).toBeCloseTo(input[i]! - input[784 + i]!, 5);
    }
  });

  test('without an apex face its plane is the magnitude of the flow', () => {
    const input = prepareInput({ flow }, ['u', 'v', 'apex']);
    for (let i = 0; i < 784; i++)
      expect(input[1568 + i]).toBeCloseTo(Math.hypot(input[i]!, input[784 + i]!), 6);
  });

  test('names the face that is missing, and the size that is wrong', () => {
    expect(() => prepareInput({ flow }, ['onset'])).toThrow(/face crop \(onset\)/);
    expect(() => prepareInput({ flow }, ['magnified'])).toThrow(/magnified/);
    const apex = { ...face(() => 1), width: 14, height: 56 };
    expect(() => prepareInput({ flow, apex }, ['apex'])).toThrow(/face crop of 28×28.*14×56/);
  });

  test('the mirror turns u around, wherever it stands, and nothing else', () => {
    const planes: InputPlane[] = ['apex', 'v', 'u', 'strain'];
    const apex = face((i) => (i * 7) % 256);
    const input = prepareInput({ flow, apex }, planes);
    const mirrored = mirrorInput(input, 28, planes);
    planes.forEach((plane, c) => {
      const sign = plane === 'u' ? -1 : 1;
      for (let i = 0; i < 784; i += 13)
        expect(mirrored[c * 784 + i]).toBe(sign * input[c * 784 + i - (i % 28) + 27 - (i % 28)]!);
    });
  });
});

test('all magnified faces have one factor', () => {
  const [ten, twenty] = [
    { id: 'a', alpha: 10 },
    { id: 'b', alpha: 20 },
  ];
  expect(alphaUsed(['flow', 'magnified'], [ten, ten])).toBe(10);
  expect(alphaUsed(['flow', 'apex'], [ten, twenty])).toBeUndefined();
  expect(() => alphaUsed(['magnified'], [ten, twenty])).toThrow('by 10 in a and by 20 in b');
  expect(() => alphaUsed(['magnified'], [ten, { id: 'c' }])).toThrow('an unknown factor in c');
});

describe('imagesUsed', () => {
  const bare = { id: 'a' };
  const faced = { id: 'b', faces: { apex: 'x.png', onset: 'y.png' } };

  test('are those that the planes need and the samples have', () => {
    expect(imagesUsed(['u', 'v', 'strain'], [faced])).toEqual(['flow']);
    expect(imagesUsed(['u', 'apex'], [faced, faced])).toEqual(['flow', 'apex']);
    expect(imagesUsed(['u', 'apex'], [bare, bare])).toEqual(['flow']);
    expect(imagesUsed(['apex', 'onset', 'difference'], [faced])).toEqual(['flow', 'apex', 'onset']);
    expect(facesWanted(['magnified', 'difference'])).toEqual(['onset', 'magnified']);
    expect(standsIn(['apex'], ['flow'])).toBe(true);
    expect(standsIn(['apex'], ['flow', 'apex'])).toBe(false);
    expect(standsIn(['u'], ['flow'])).toBe(false);
  });

  test('refuses faces that only some have, and those that nothing stands in for', () => {
    expect(() => imagesUsed(['apex'], [faced, bare])).toThrow(/1 of 2 samples.*first is a/);
    expect(() => imagesUsed(['onset'], [bare])).toThrow(/no sample has a crop "onset"/);
    expect(() => imagesUsed(['difference'], [bare])).toThrow(/no sample has a crop "apex"/);
    expect(() => imagesUsed(['magnified'], [faced])).toThrow(/"magnified"/);
  });

  test('only the named ones are picked', () => {
    const apex = face(() => 1);
    expect(pickImages({ flow, apex }, ['flow'])).toEqual({ flow });
    expect(pickImages({ flow, apex }, ['flow', 'apex', 'onset'])).toEqual({ flow, apex });
  });
});
