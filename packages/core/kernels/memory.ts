/** @file What kernels have in common, in AssemblyScript. */

/** Grows the memory to at least `bytes`. */
export function reserve(bytes: i32): void {
  const pages = (bytes + 65535) >>> 16;
  const now = memory.size();
  if (pages > now) memory.grow(pages - now);
}
