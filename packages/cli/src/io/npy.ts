/**
 * @file Arrays for NumPy: the `.npy` format, version 1.0.
 *
 * NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays": a magic string, the
 * header as a Python literal, padded with spaces so that the numbers start at a multiple of 64
 * bytes, then the numbers.
 */

/**
 * The bytes of a `.npy` file with 32-bit floats, little-endian, rows last.
 *
 * @param shape - Its product is the number of values.
 */
export function npyBytes(values: Float32Array, shape: readonly number[]): Uint8Array {
  const sizes = shape.length === 1 ? `${shape[0]!},` : shape.join(', ');
  const literal = `{'descr': '<f4', 'fortran_order': False, 'shape': (${sizes}), }`;
  const length = Math.ceil((10 + literal.length + 1) / 64) * 64;
  const bytes = new Uint8Array(length + 4 * values.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0]);
  view.setUint16(8, length - 10, true);
  bytes.set(new TextEncoder().encode(`${literal.padEnd(length - 11)}\n`), 10);
  for (const [i, value] of values.entries()) view.setFloat32(length + 4 * i, value, true);
  return bytes;
}
