/**
 * @file The safetensors format: round trips, the layout byte by byte, and every way to be broken.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { readSafetensors, readSafetensorsHeader, writeSafetensors } from './safetensors.ts';

/** A file assembled by hand. */
function file(header: unknown, data: readonly number[] = [], length?: number): Uint8Array {
  const text = new TextEncoder().encode(
    typeof header === 'string' ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + text.length + data.length * 4);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(length ?? text.length), true);
  bytes.set(text, 8);
  data.forEach((value, i) => view.setFloat32(8 + text.length + i * 4, value, true));
  return bytes;
}

test('reads a file laid out by hand', () => {
  const bytes = file(
    {
      __metadata__: { format: 'pt' },
      b: { dtype: 'F32', shape: [], data_offsets: [8, 12] },
      a: { dtype: 'F32', shape: [2, 1], data_offsets: [0, 8] },
    },
    [1.5, -2, 7],
  );
  expect(readSafetensors(bytes)).toEqual({
    metadata: { format: 'pt' },
    tensors: {
      a: { shape: [2, 1], data: Float32Array.of(1.5, -2) },
      b: { shape: [], data: Float32Array.of(7) },
    },
  });
});

test('reads and writes float16, beside float32', () => {
  const data = Float32Array.of(1, -2.5, 2 ** -24, 65_504, 0.1);
  const bytes = writeSafetensors({ tensors: { a: { shape: [5], data } }, metadata: {} }, 'F16');
  const { shapes } = readSafetensorsHeader(bytes);
  expect(shapes.get('a')).toEqual([5]);
  const read = readSafetensors(bytes).tensors['a']!;
  expect([...read.data]).toEqual([1, -2.5, 2 ** -24, 65_504, 0.0999755859375]);
  const both = file(
    {
      b: { dtype: 'F16', shape: [2], data_offsets: [4, 8] },
      a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
    },
    [7, 0],
  );
  both.set([0x00, 0x3c, 0x00, 0xc0], both.length - 4);
  const { a, b } = readSafetensors(both).tensors;
  expect([[...a!.data], [...b!.data]]).toEqual([[7], [1, -2]]);
});

test('names may be those of members of objects', () => {
  const one = { shape: [1], data: Float32Array.of(1) };
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
  const bytes = writeSafetensors({
    tensors: Object.fromEntries(names.map((name) => [name, one])),
    metadata: Object.fromEntries(names.map((name) => [name, 'text'])),
  });
  const { tensors, metadata } = readSafetensors(bytes);
  expect(Object.keys(tensors)).toEqual(names);
  expect(Object.keys(metadata)).toEqual(names);
  expect(Object.getPrototypeOf(tensors)).toBe(Object.prototype);
  expect([...readSafetensorsHeader(bytes).shapes.keys()]).toEqual(names);
});

test('writes the layout of the format, with aligned data', () => {
  const bytes = writeSafetensors({
    tensors: { weight: { shape: [2], data: Float32Array.of(1, 2) } },
    metadata: { seed: '3' },
  });
  const view = new DataView(bytes.buffer);
  const headerLength = Number(view.getBigUint64(0, true));
  expect(headerLength % 8).toBe(0);
  const header: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerLength)));
  expect(header).toEqual({
    __metadata__: { seed: '3' },
    weight: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
  });
  expect([8, 12].map((at) => view.getFloat32(headerLength + at, true))).toEqual([1, 2]);
  expect(bytes.length).toBe(8 + headerLength + 8);
});

test('what is written is read, bit by bit, wherever the bytes lie', () => {
  const array = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }).chain((shape) =>
    fc
      .array(fc.float({ noNaN: true }), {
        minLength: shape.reduce((a, b) => a * b, 1),
        maxLength: shape.reduce((a, b) => a * b, 1),
      })
      .map((data) => ({ shape, data: Float32Array.from(data) })),
  );
  const name = fc.string({ minLength: 1 }).filter((text) => text !== '__metadata__');
  const tensors = fc.dictionary(name, array, { noNullPrototype: true });
  const metadata = fc.dictionary(name, fc.string(), { noNullPrototype: true });
  fc.assert(
    fc.property(tensors, metadata, fc.integer({ min: 0, max: 5 }), (given, text, offset) => {
      const bytes = writeSafetensors({ tensors: given, metadata: text });
      const moved = new Uint8Array(bytes.length + offset);
      moved.set(bytes, offset);
      expect(readSafetensors(moved.subarray(offset))).toEqual({ tensors: given, metadata: text });
    }),
    { seed: 5 },
  );
});

describe('a broken file is named', () => {
  const entry = (change: object): unknown => ({
    a: { dtype: 'F32', shape: [2], data_offsets: [0, 8], ...change },
  });
  const cases: readonly [string, Uint8Array][] = [
    ['it has 3 bytes', new Uint8Array(3)],
    ['its header has 999 bytes, the file 10', file('{}', [], 999)],
    ['its header is not valid JSON', file('{"a":')],
    ['its header is not an object', file('[1]')],
    ["its entry 'a' is not an object", file({ a: 3 })],
    [`'a' is of type "BF16", only F32 and F16`, file(entry({ dtype: 'BF16' }), [1, 2])],
    ["its entry 'a' has no valid shape", file(entry({ shape: [-2] }), [1, 2])],
    ["its entry 'a' has no valid shape", file(entry({ data_offsets: [0] }), [1, 2])],
    ["'a' has 8 bytes for shape [3]", file(entry({ shape: [3] }), [1, 2])],
    ["'a' ends at byte 8 of the data, which has 4", file(entry({}), [1])],
    ['its data have a gap or overlap at byte 4', file(entry({ data_offsets: [4, 12] }), [1, 2, 3])],
    ['it has 4 bytes that belong to no tensor', file(entry({}), [1, 2, 3])],
    ['its metadata is not an object', file({ __metadata__: 'x' })],
    ["its metadata 'x' is not a string", file({ __metadata__: { x: 1 } })],
  ];
  test.each(cases)('%s', (message, bytes) => {
    expect(() => readSafetensors(bytes)).toThrow(
      expect.objectContaining({
        code: 'FILE_CORRUPT',
        message: expect.stringContaining(message) as string,
      }),
    );
  });

  test('2,000 tensors over the same bytes are refused from the header', () => {
    const entries = Array.from({ length: 2000 }, (_, i) => [
      `t${i}`,
      { dtype: 'F32', shape: [1 << 20], data_offsets: [0, 4 << 20] },
    ]);
    const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
    const bytes = new Uint8Array(8 + header.length + (4 << 20));
    new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
    bytes.set(header, 8);
    const before = process.memoryUsage().arrayBuffers;
    expect(() => readSafetensors(bytes)).toThrow('gap or overlap at byte 0');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 << 20);
  });

  test('no prefix of a file is taken for one', () => {
    const whole = writeSafetensors({
      tensors: { a: { shape: [3], data: Float32Array.of(1, 2, 3) } },
      metadata: {},
    });
    for (let length = 0; length < whole.length; length++) {
      expect(() => readSafetensors(whole.subarray(0, length))).toThrow(
        expect.objectContaining({ code: 'FILE_CORRUPT' }),
      );
    }
  });

  test('data that do not fit their shape are not written', () => {
    const tensors = { a: { shape: [3], data: new Float32Array(2) } };
    expect(() => writeSafetensors({ tensors, metadata: {} })).toThrow(
      expect.objectContaining({ code: 'PARAMETER_INVALID' }),
    );
  });
});
