/** @file Flow images to network inputs: head motion goes, mirroring commutes, wrong sizes are named. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { flowInput, flowSize, mirrorInput } from './input.ts';

const bytes = fc.uint8Array({ minLength: 3 * 28 * 28, maxLength: 3 * 28 * 28 });
const picture = (data: Uint8Array) => ({ data, width: 28, height: 28, channels: 3 as const });

test('planes are u, v, strain with the medians of u and v taken out', () => {
  const data = new Uint8Array(3 * 28 * 28);
  for (let i = 0; i < 28 * 28; i++) data.set([100, 200, 51], 3 * i);
  data.set([151, 149, 255], 0);
  const input = flowInput(picture(data));
  expect(input[0]).toBeCloseTo(51 / 255, 6);
  expect(input[784]).toBeCloseTo(-51 / 255, 6);
  expect(input[1568]).toBe(1);
  expect(input[1]).toBe(0);
  expect(input[1569]).toBeCloseTo(0.2, 6);
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
      const expected = mirrorInput(flowInput(picture(data)));
      const actual = flowInput(picture(mirrored));
      return actual.every((value, i) => Math.abs(value - expected[i]!) < 1e-6);
    }),
  );
});

test('mirroring twice changes nothing', () => {
  fc.assert(
    fc.property(bytes, (data) => {
      const input = flowInput(picture(data));
      const again = mirrorInput(mirrorInput(input, flowSize));
      return again.every((value, i) => value === input[i]);
    }),
  );
});

test('a picture of another size is named with its size', () => {
  expect(() =>
    flowInput({ data: new Uint8Array(27 * 28 * 3), width: 27, height: 28, channels: 3 }),
  ).toThrow(/27×28/);
});
