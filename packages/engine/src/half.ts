/** @file Half precision (IEEE 754 binary16), which Node and browsers have no arrays of yet. */

const bits = new DataView(new ArrayBuffer(4));

/** The number that 16 bits stand for. */
export function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  // Below 2⁻¹⁴ numbers are multiples of 2⁻²⁴.
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The 16 bits of the nearest number; of two that are equally near, the even one; infinity from 65,520 on. */
export function toHalf(value: number): number {
  bits.setFloat32(0, value);
  const sign = (bits.getUint32(0) >>> 16) & 0x8000;
  const size = Math.abs(Math.fround(value));
  if (Number.isNaN(size)) return 0x7e00;
  if (size >= 65_520) return sign | 0x7c00;
  const exponent = Math.max(-14, ((bits.getUint32(0) >>> 23) & 255) - 127);
  const steps = roundToEven(size * 2 ** (10 - exponent));
  // A carry out of the fraction is the next exponent.
  return sign | (steps < 1024 ? steps : ((exponent + 14) << 10) + steps);
}

function roundToEven(value: number): number {
  const low = Math.floor(value);
  const rest = value - low;
  return rest > 0.5 || (rest === 0.5 && low % 2 === 1) ? low + 1 : low;
}
