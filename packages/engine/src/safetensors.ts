/**
 * @file The safetensors file format: float32, and float16, which is read as float32.
 *
 * Layout, after the format's description at github.com/huggingface/safetensors:
 * eight bytes little-endian with the length of the header, the header as JSON
 * (name to dtype, shape and byte range), then the data without gaps.
 */
import { EngineError } from './errors.ts';
import { fromHalf, toHalf } from './half.ts';
import { decodeText, encodeText } from './text.ts';
import { sizeOf, type Shape } from './tensor.ts';

/** Maximum length of a header, bytes. */
const HEADER_LIMIT = 100_000_000;

/** Named arrays and text about them. */
export interface Safetensors {
  /** Arrays by name: shape, outermost axis first, and row-major float32 data. */
  readonly tensors: Readonly<
    Record<string, { readonly shape: Shape; readonly data: Float32Array }>
  >;
  /** Text by key, as stored in the header. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Types of numbers in a file, and their bytes. */
const WIDTHS = { F32: 4, F16: 2 } as const;

/** Type of the numbers in a file: float32, or float16, which takes half the space. */
export type SafetensorsType = keyof typeof WIDTHS;

/** The bytes of a safetensors file. @param dtype - float16 rounds to the nearest */
export function writeSafetensors(
  { tensors, metadata }: Safetensors,
  dtype: SafetensorsType = 'F32',
): Uint8Array {
  const width = WIDTHS[dtype];
  const header: (readonly [string, unknown])[] = [];
  if (Object.keys(metadata).length > 0) header.push(['__metadata__', metadata]);
  let offset = 0;
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    if (name === '__metadata__' || data.length !== sizeOf(shape)) {
      throw new EngineError(
        'PARAMETER_INVALID',
        `tensor '${name}': ${data.length} numbers for shape [${shape.join(', ')}]`,
        'Give every tensor as many numbers as its shape has elements, and do not use the reserved name.',
      );
    }
    header.push([name, { dtype, shape, data_offsets: [offset, offset + data.length * width] }]);
    offset += data.length * width;
  }
  const json = JSON.stringify(Object.fromEntries(header));
  const text = encodeText(json);
  const headerLength = Math.ceil(text.length / 8) * 8; // data are aligned, the header is padded with spaces
  const file = new Uint8Array(8 + headerLength + offset);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  file.fill(0x20, 8, 8 + headerLength);
  file.set(text, 8);
  let at = 8 + headerLength;
  for (const { data } of Object.values(tensors)) {
    for (const value of data) {
      if (dtype === 'F32') view.setFloat32(at, value, true);
      else view.setUint16(at, toHalf(value), true);
      at += width;
    }
  }
  return file;
}

/** What a safetensors file holds, without its numbers. */
export interface SafetensorsHeader {
  /** Shape of each array by name, outermost axis first. */
  readonly shapes: ReadonlyMap<string, Shape>;
  /** Text by key. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads the header of a safetensors file: names, shapes and text, in memory of the header's size.
 *
 * @throws EngineError `FILE_CORRUPT` as {@link readSafetensors}
 */
export function readSafetensorsHeader(file: Uint8Array): SafetensorsHeader {
  const { entries, metadata } = readLayout(file);
  return { shapes: new Map(entries.map(({ name, shape }) => [name, shape])), metadata };
}

/**
 * Reads a safetensors file. The data are copied after the whole header was checked: tensors neither
 * overlap nor reach beyond the file, so no more is allocated than the file has bytes.
 *
 * @throws EngineError `FILE_CORRUPT` where the file is truncated, its header is not valid, or a tensor is neither float32 nor float16
 */
export function readSafetensors(file: Uint8Array): Safetensors {
  const { entries, metadata, dataStart } = readLayout(file);
  const view = new DataView(file.buffer, file.byteOffset + dataStart, file.byteLength - dataStart);
  const tensors = entries.map(({ name, dtype, shape, start }) => {
    const data = new Float32Array(sizeOf(shape));
    const read = (at: number): number =>
      dtype === 'F32' ? view.getFloat32(at, true) : fromHalf(view.getUint16(at, true));
    for (let i = 0; i < data.length; i++) data[i] = read(start + i * WIDTHS[dtype]);
    return [name, { shape, data }] as const;
  });
  return { tensors: Object.fromEntries(tensors), metadata };
}

/** A tensor's place in the data, bytes. */
interface Entry {
  readonly name: string;
  readonly dtype: SafetensorsType;
  readonly shape: Shape;
  readonly start: number;
  readonly end: number;
}

function readLayout(file: Uint8Array): {
  readonly entries: readonly Entry[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Where the data start in the file. */
  readonly dataStart: number;
} {
  if (file.length < 8) throw corrupt(`it has ${file.length} bytes`);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength > Math.min(HEADER_LIMIT, file.length - 8)) {
    throw corrupt(`its header has ${headerLength} bytes, the file ${file.length}`);
  }
  const dataStart = 8 + headerLength;
  const { __metadata__: text, ...header } = parseHeader(file.subarray(8, dataStart));
  const entries = Object.entries(header).map(([name, entry]) => readEntry(name, entry));
  assertCovered(entries, file.length - dataStart);
  return { entries, metadata: text === undefined ? {} : readText(text), dataStart };
}

/** The data are divided among the tensors without gap or overlap. */
function assertCovered(entries: readonly Entry[], length: number): void {
  let covered = 0;
  for (const { name, start, end } of entries.toSorted(
    (a, b) => a.start - b.start || a.end - b.end,
  )) {
    if (end > length) {
      throw corrupt(`'${name}' ends at byte ${end} of the data, which has ${length}`);
    }
    if (start !== covered) throw corrupt(`its data have a gap or overlap at byte ${start}`);
    covered = end;
  }
  if (covered !== length) {
    throw corrupt(`it has ${length - covered} bytes that belong to no tensor`);
  }
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(decodeText(bytes));
  } catch (cause) {
    throw corrupt('its header is not valid JSON', cause);
  }
  if (!isRecord(header)) throw corrupt('its header is not an object');
  return header;
}

function readText(entry: unknown): Record<string, string> {
  if (!isRecord(entry)) throw corrupt('its metadata is not an object');
  const text = Object.entries(entry).map(([key, value]) => {
    if (typeof value !== 'string') throw corrupt(`its metadata '${key}' is not a string`);
    return [key, value] as const;
  });
  return Object.fromEntries(text);
}

function readEntry(name: string, entry: unknown): Entry {
  if (!isRecord(entry)) throw corrupt(`its entry '${name}' is not an object`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (dtype !== 'F32' && dtype !== 'F16') {
    throw corrupt(`'${name}' is of type ${JSON.stringify(dtype)}, only F32 and F16 are supported`);
  }
  if (!isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) {
    throw corrupt(`its entry '${name}' has no valid shape and byte range`);
  }
  const [start, end] = offsets as [number, number];
  if (end - start !== sizeOf(shape) * WIDTHS[dtype]) {
    throw corrupt(`'${name}' has ${end - start} bytes for shape [${shape.join(', ')}]`);
  }
  return { name, dtype, shape, start, end };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

function corrupt(why: string, cause?: unknown): EngineError {
  return new EngineError(
    'FILE_CORRUPT',
    `not a valid safetensors file: ${why}`,
    'Copy or save the file again.',
    { cause },
  );
}
