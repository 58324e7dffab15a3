/**
 * @file The safetensors file format, float32 only.
 *
 * Layout, after the format's description at github.com/huggingface/safetensors:
 * eight bytes little-endian with the length of the header, the header as JSON
 * (name to dtype, shape and byte range), then the data without gaps.
 */
import { EngineError } from './errors.ts';
import { decodeText, encodeText } from './text.ts';
import { sizeOf, type Shape } from './tensor.ts';

/** The longest header that is believed, bytes. */
const HEADER_LIMIT = 100_000_000;

/** Named arrays and text about them. */
export interface Safetensors {
  readonly tensors: Readonly<
    Record<string, { readonly shape: Shape; readonly data: Float32Array }>
  >;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The bytes of a safetensors file. */
export function writeSafetensors({ tensors, metadata }: Safetensors): Uint8Array {
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header['__metadata__'] = metadata;
  let offset = 0;
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    if (name === '__metadata__' || data.length !== sizeOf(shape)) {
      throw new EngineError(
        'PARAMETER_INVALID',
        `tensor '${name}': ${data.length} numbers for shape [${shape.join(', ')}]`,
        'Give every tensor as many numbers as its shape says, and no reserved name.',
      );
    }
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + data.length * 4] };
    offset += data.length * 4;
  }
  const json = JSON.stringify(header);
  const text = encodeText(json);
  const headerLength = Math.ceil(text.length / 8) * 8; // data start aligned, header filled up with spaces
  const file = new Uint8Array(8 + headerLength + offset);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  file.fill(0x20, 8, 8 + headerLength);
  file.set(text, 8);
  let at = 8 + headerLength;
  for (const { data } of Object.values(tensors)) {
    for (const value of data) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  return file;
}

/**
 * Reads a safetensors file; the data are copied.
 *
 * @throws EngineError `FILE_CORRUPT` where the file is cut short, its header is broken, or a tensor is not float32
 */
export function readSafetensors(file: Uint8Array): Safetensors {
  if (file.length < 8) throw corrupt(`it has ${file.length} bytes`);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength > Math.min(HEADER_LIMIT, file.length - 8)) {
    throw corrupt(`its header wants ${headerLength} bytes, the file has ${file.length}`);
  }
  const header = parseHeader(file.subarray(8, 8 + headerLength));
  const dataLength = file.length - 8 - headerLength;
  const tensors: Record<string, { shape: Shape; data: Float32Array }> = {};
  let metadata: Record<string, string> = {};
  const ranges: [number, number][] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') {
      metadata = readText(entry);
      continue;
    }
    const { shape, start, end } = readEntry(name, entry);
    if (end > dataLength) {
      throw corrupt(`'${name}' ends at byte ${end} of the data, which has ${dataLength}`);
    }
    ranges.push([start, end]);
    const data = new Float32Array(sizeOf(shape));
    for (let i = 0; i < data.length; i++) {
      data[i] = view.getFloat32(8 + headerLength + start + i * 4, true);
    }
    tensors[name] = { shape, data };
  }
  let covered = 0;
  for (const [start, end] of ranges.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (start !== covered) throw corrupt(`its data have a gap or overlap at byte ${start}`);
    covered = end;
  }
  if (covered !== dataLength) {
    throw corrupt(`it has ${dataLength - covered} bytes that belong to no tensor`);
  }
  return { tensors, metadata };
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(decodeText(bytes));
  } catch (cause) {
    throw corrupt('its header is no JSON', cause);
  }
  if (!isRecord(header)) throw corrupt('its header is no object');
  return header;
}

function readText(entry: unknown): Record<string, string> {
  if (!isRecord(entry)) throw corrupt('its metadata are no object');
  const text: Record<string, string> = {};
  for (const [key, value] of Object.entries(entry)) {
    if (typeof value !== 'string') throw corrupt(`its metadata '${key}' is no text`);
    text[key] = value;
  }
  return text;
}

function readEntry(
  name: string,
  entry: unknown,
): { readonly shape: number[]; readonly start: number; readonly end: number } {
  if (!isRecord(entry)) throw corrupt(`its entry '${name}' is no object`);
  if (entry['dtype'] !== 'F32') {
    throw corrupt(`'${name}' is of type ${String(entry['dtype'])}, only F32 can be read`);
  }
  const { shape, data_offsets: offsets } = entry;
  if (!isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) {
    throw corrupt(`its entry '${name}' has no valid shape and byte range`);
  }
  const [start, end] = offsets as [number, number];
  if (end - start !== sizeOf(shape) * 4) {
    throw corrupt(`'${name}' has ${end - start} bytes for shape [${shape.join(', ')}]`);
  }
  return { shape, start, end };
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
    `the weights are no readable safetensors file: ${why}`,
    'Copy or save the file again.',
    { cause },
  );
}
