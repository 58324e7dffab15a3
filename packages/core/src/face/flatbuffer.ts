/**
 * @file Reads FlatBuffers tables and FlexBuffers values in place.
 *
 * Google, "FlatBuffers Internals" and "FlexBuffers": a table starts with the
 * signed distance back to its vtable, which holds the distance from the table
 * to each of its fields, or 0 where the field has its default.
 */

/** On every platform, but in no ECMAScript library. */
declare const TextDecoder: new () => { decode(bytes: Uint8Array): string };
const utf8 = new TextDecoder();

/** A table of a FlatBuffer; fields are numbered in the order of the schema. */
export class FlatTable {
  private readonly view: DataView;
  private readonly position: number;

  constructor(view: DataView, position: number) {
    this.view = view;
    this.position = position;
  }

  /** The table that a whole buffer holds. */
  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new FlatTable(view, view.getUint32(0, true));
  }

  /** An 8-bit signed integer. */
  byte(field: number, fallback = 0): number {
    const at = this.offset(field);
    return at === 0 ? fallback : this.view.getInt8(at);
  }

  /** A 32-bit signed integer. */
  integer(field: number, fallback = 0): number {
    const at = this.offset(field);
    return at === 0 ? fallback : this.view.getInt32(at, true);
  }

  /** A table within this one. */
  table(field: number): FlatTable | undefined {
    const at = this.offset(field);
    return at === 0 ? undefined : new FlatTable(this.view, this.follow(at));
  }

  /** A vector of tables; empty where the field is absent. */
  tables(field: number): FlatTable[] {
    const { start, length } = this.vector(field);
    return Array.from({ length }, (_, i) => new FlatTable(this.view, this.follow(start + 4 * i)));
  }

  /** A vector of 32-bit signed integers; empty where the field is absent. */
  integers(field: number): number[] {
    const { start, length } = this.vector(field);
    return Array.from({ length }, (_, i) => this.view.getInt32(start + 4 * i, true));
  }

  /** A vector of bytes, a view on the buffer; empty where the field is absent. */
  bytes(field: number): Uint8Array {
    const { start, length } = this.vector(field);
    return new Uint8Array(this.view.buffer, this.view.byteOffset + start, length);
  }

  /** A text; empty where the field is absent. */
  text(field: number): string {
    return utf8.decode(this.bytes(field));
  }

  private vector(field: number): { start: number; length: number } {
    const at = this.offset(field);
    if (at === 0) return { start: 0, length: 0 };
    const head = this.follow(at);
    return { start: head + 4, length: this.view.getUint32(head, true) };
  }

  private follow(at: number): number {
    return at + this.view.getUint32(at, true);
  }

  private offset(field: number): number {
    const vtable = this.position - this.view.getInt32(this.position, true);
    const entry = 4 + 2 * field;
    if (entry >= this.view.getUint16(vtable, true)) return 0;
    const distance = this.view.getUint16(vtable + entry, true);
    return distance === 0 ? 0 : this.position + distance;
  }
}

/** What a FlexBuffers map of numbers, and of vectors of numbers, holds. */
export type FlexMap = Readonly<Record<string, number | readonly number[]>>;

/** FlexBuffers type numbers that occur in the options of MediaPipe's operators. */
const FLEX = {
  int: 1,
  uint: 2,
  float: 3,
  indirectInt: 6,
  indirectUint: 7,
  indirectFloat: 8,
  map: 9,
  vector: 10,
  intVector: 11,
  uintVector: 12,
  floatVector: 13,
  bool: 26,
} as const;

/**
 * Reads a FlexBuffer whose root is a map of numbers and vectors of numbers.
 *
 * @throws RangeError where the bytes hold anything else.
 */
export function readFlexMap(bytes: Uint8Array): FlexMap {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length;
  const rootWidth = view.getUint8(end - 1);
  const packed = view.getUint8(end - 2);
  if (packed >> 2 !== FLEX.map) throw new RangeError('the root of the FlexBuffer is not a map');

  const slot = end - 2 - rootWidth;
  const map = slot - unsigned(view, slot, rootWidth);
  const width = 1 << (packed & 3);
  const size = unsigned(view, map - width, width);
  const keyWidth = unsigned(view, map - 2 * width, width);
  const keysSlot = map - 3 * width;
  const keys = keysSlot - unsigned(view, keysSlot, width);

  const entries = Array.from({ length: size }, (_, i) => {
    const keySlot = keys + i * keyWidth;
    const start = keySlot - unsigned(view, keySlot, keyWidth);
    const key = utf8.decode(bytes.subarray(start, bytes.indexOf(0, start)));
    const type = view.getUint8(map + size * width + i);
    return [key, flexValue(view, { at: map + i * width, width, packed: type })] as const;
  });
  return Object.fromEntries(entries);
}

interface FlexSlot {
  readonly at: number;
  readonly width: number;
  /** Type number in the upper six bits, binary logarithm of the child's width below. */
  readonly packed: number;
}

function flexValue(view: DataView, { at, width, packed }: FlexSlot): number | number[] {
  const type = packed >> 2;
  const childWidth = 1 << (packed & 3);
  if (type === FLEX.int) return signed(view, at, width);
  if (type === FLEX.uint || type === FLEX.bool) return unsigned(view, at, width);
  if (type === FLEX.float) return floating(view, at, width);

  const target = at - unsigned(view, at, width);
  if (type === FLEX.indirectInt) return signed(view, target, childWidth);
  if (type === FLEX.indirectUint) return unsigned(view, target, childWidth);
  if (type === FLEX.indirectFloat) return floating(view, target, childWidth);

  const length = unsigned(view, target - childWidth, childWidth);
  const items = Array.from({ length }, (_, i) => target + i * childWidth);
  if (type === FLEX.intVector) return items.map((item) => signed(view, item, childWidth));
  if (type === FLEX.uintVector) return items.map((item) => unsigned(view, item, childWidth));
  if (type === FLEX.floatVector) return items.map((item) => floating(view, item, childWidth));
  if (type === FLEX.vector) {
    return items.map((item, i) => {
      const itemType = view.getUint8(target + length * childWidth + i);
      return flexValue(view, { at: item, width: childWidth, packed: itemType }) as number;
    });
  }
  throw new RangeError(`FlexBuffers type ${type} is not a number or a vector of numbers`);
}

function unsigned(view: DataView, at: number, width: number): number {
  if (width === 1) return view.getUint8(at);
  if (width === 2) return view.getUint16(at, true);
  if (width === 4) return view.getUint32(at, true);
  return Number(view.getBigUint64(at, true));
}

function signed(view: DataView, at: number, width: number): number {
  if (width === 1) return view.getInt8(at);
  if (width === 2) return view.getInt16(at, true);
  if (width === 4) return view.getInt32(at, true);
  return Number(view.getBigInt64(at, true));
}

function floating(view: DataView, at: number, width: number): number {
  return width === 8 ? view.getFloat64(at, true) : view.getFloat32(at, true);
}
