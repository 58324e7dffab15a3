/**
 * @file Protocol Buffers, the part that ONNX needs: a writer and a field walker.
 *
 * Wire format as in Google's "Protocol Buffers Encoding" document: a message is
 * a run of (field number, wire type) tags and values, integers are varints.
 */
import { EngineError } from '../errors.ts';
import { encodeText } from '../text.ts';

/** From this length on, bytes are not copied until the message is finished: weights lie several messages deep. */
const LARGE = 1024;

/** Appends fields to a growing buffer. */
export class ProtobufWriter {
  /** What was written, but for what is in `buffer`. */
  private readonly parts: Uint8Array[] = [];
  private partsLength = 0;
  private buffer = new Uint8Array(64);
  private length = 0;

  /** The bytes written so far. */
  finish(): Uint8Array {
    const whole = new Uint8Array(this.partsLength + this.length);
    let at = 0;
    for (const part of [...this.parts, this.buffer.subarray(0, this.length)]) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  /** An integer field; negative values take ten bytes, as the format demands. */
  integer(field: number, value: number): void {
    this.varint(field << 3);
    this.varint(value);
  }

  /** A 32-bit floating-point field. */
  float(field: number, value: number): void {
    this.varint((field << 3) | 5);
    this.reserve(4);
    new DataView(this.buffer.buffer).setFloat32(this.length, value, true);
    this.length += 4;
  }

  /** A UTF-8 string field. */
  string(field: number, value: string): void {
    this.bytes(field, encodeText(value));
  }

  /** A length-delimited field. The value must not change until the message is finished. */
  bytes(field: number, value: Uint8Array): void {
    this.varint((field << 3) | 2);
    this.varint(value.length);
    this.append(value);
  }

  /** A message inside this message. */
  message(field: number, write: (writer: ProtobufWriter) => void): void {
    const inner = new ProtobufWriter();
    write(inner);
    this.varint((field << 3) | 2);
    this.varint(inner.partsLength + inner.length);
    for (const part of inner.parts) this.append(part);
    this.append(inner.buffer.subarray(0, inner.length));
  }

  private append(value: Uint8Array): void {
    if (value.length < LARGE) {
      this.reserve(value.length);
      this.buffer.set(value, this.length);
      this.length += value.length;
      return;
    }
    for (const part of [this.buffer.subarray(0, this.length), value]) {
      if (part.length > 0) this.parts.push(part);
      this.partsLength += part.length;
    }
    this.buffer = new Uint8Array(64);
    this.length = 0;
  }

  private varint(value: number): void {
    this.reserve(10);
    if (value >= 0 && value < 0x80000000) {
      let rest = value;
      while (rest >= 128) {
        this.buffer[this.length++] = (rest & 127) | 128;
        rest >>>= 7;
      }
      this.buffer[this.length++] = rest;
      return;
    }
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest >= 128n) {
      this.buffer[this.length++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.buffer[this.length++] = Number(rest);
  }

  private reserve(count: number): void {
    if (this.length + count <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(this.buffer.length * 2, this.length + count));
    larger.set(this.buffer.subarray(0, this.length));
    this.buffer = larger;
  }
}

/** One field of a message: an integer, or the bytes of a string, message or packed array. */
export interface ProtobufField {
  readonly field: number;
  /** Value of a varint field, else 0. */
  readonly integer: number;
  /** Content of a length-delimited field, else empty. */
  readonly bytes: Uint8Array;
}

/**
 * Walks over the fields of a message, without copying.
 *
 * @throws EngineError `FILE_CORRUPT` where the bytes are not a message
 */
export function* protobufFields(message: Uint8Array): Generator<ProtobufField> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = message[at++];
      if (byte === undefined || scale > 2 ** 63) throw corrupt(at, message.length);
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    let integer = 0;
    let size = 0;
    switch (tag % 8) {
      case 0:
        integer = varint();
        break;
      case 1:
        size = 8;
        break;
      case 2:
        size = varint();
        break;
      case 5:
        size = 4;
        break;
      default:
        throw corrupt(at, message.length);
    }
    if (field === 0 || at + size > message.length) throw corrupt(at, message.length);
    yield { field, integer, bytes: message.subarray(at, at + size) };
    at += size;
  }
}

function corrupt(at: number, length: number): EngineError {
  return new EngineError(
    'FILE_CORRUPT',
    `not a valid ONNX file: its structure is broken at byte ${at} of ${length}`,
    'Copy or export the file again; it was cut short or is of another format.',
  );
}
