/**
 * @file The writing half of Protocol Buffers' wire format, as far as ONNX needs it.
 *
 * Google, "Protocol Buffers: Encoding": a field is a tag (number and wire type)
 * followed by a varint, four bytes, or a length and that many bytes.
 */

/** On every platform, but in no ECMAScript library. */
declare const TextEncoder: new () => { encode(text: string): Uint8Array };
const utf8 = new TextEncoder();

/** A message under construction: fields are appended in the order of the calls. */
export class ProtobufMessage {
  private readonly parts: Uint8Array[] = [];
  private length = 0;

  /** Appends an integer field; negative ones as 64-bit two's complement. */
  integer(field: number, value: number): this {
    return this.varint(field << 3).varint(value);
  }

  /** Appends a 32-bit floating-point field. */
  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.varint((field << 3) | 5).raw(bytes);
  }

  /** Appends a field of bytes, which are not copied. */
  bytes(field: number, value: Uint8Array): this {
    return this.varint((field << 3) | 2)
      .varint(value.length)
      .raw(value);
  }

  /** Appends a text field. */
  text(field: number, value: string): this {
    return this.bytes(field, utf8.encode(value));
  }

  /** Appends a message inside this one, as it is now. */
  message(field: number, value: ProtobufMessage): this {
    this.varint((field << 3) | 2).varint(value.length);
    for (const part of value.parts) this.raw(part);
    return this;
  }

  /** The bytes of the whole message. */
  finish(): Uint8Array {
    const out = new Uint8Array(this.length);
    let offset = 0;
    for (const part of this.parts) {
      out.set(part, offset);
      offset += part.length;
    }
    return out;
  }

  private raw(bytes: Uint8Array): this {
    this.parts.push(bytes);
    this.length += bytes.length;
    return this;
  }

  private varint(value: number): this {
    const bytes: number[] = [];
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest > 127n) {
      bytes.push(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    bytes.push(Number(rest));
    return this.raw(Uint8Array.from(bytes));
  }
}
