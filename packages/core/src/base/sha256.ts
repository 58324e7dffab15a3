/**
 * @file SHA-256, so that a report can name the weights it came from, in every runtime alike.
 *
 * FIPS 180-4, "Secure Hash Standard", sections 4.1.2, 5 and 6.2. The Web
 * Cryptography API would do, but pages that are not served over TLS lack it.
 */

/** The first 32 bits of the fractional parts of `root`-th roots of the first `count` primes. */
function primeRoots(count: number, root: 2 | 3): Uint32Array {
  const words = new Uint32Array(count);
  for (let candidate = 2, found = 0; found < count; candidate++) {
    let prime = true;
    for (let i = 2; i * i <= candidate; i++) if (candidate % i === 0) prime = false;
    if (!prime) continue;
    const value = root === 2 ? Math.sqrt(candidate) : Math.cbrt(candidate);
    words[found++] = (value - Math.floor(value)) * 4294967296;
  }
  return words;
}

const K = primeRoots(64, 3);

const rotate = (x: number, by: number): number => (x >>> by) | (x << (32 - by));

/** SHA-256 of bytes, hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  const blocks = Math.ceil((bytes.length + 9) / 64);
  const message = new Uint8Array(blocks * 64);
  message.set(bytes);
  message[bytes.length] = 0x80;
  const view = new DataView(message.buffer);
  view.setBigUint64(message.length - 8, BigInt(bytes.length) * 8n);

  const hash = primeRoots(8, 2);
  const w = new Uint32Array(64);
  for (let block = 0; block < blocks; block++) {
    for (let t = 0; t < 16; t++) w[t] = view.getUint32(block * 64 + t * 4);
    for (let t = 16; t < 64; t++) {
      const [x, y] = [w[t - 15]!, w[t - 2]!];
      const early = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
      const late = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
      w[t] = w[t - 16]! + early + w[t - 7]! + late;
    }
    let [a, b, c, d, e, f, g, h] = hash as unknown as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    for (let t = 0; t < 64; t++) {
      const choice = (e & f) ^ (~e & g);
      const majority = (a & b) ^ (a & c) ^ (b & c);
      const first = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + choice + K[t]! + w[t]!;
      const second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => (hash[i]! += word));
  }
  return [...hash].map((word) => word.toString(16).padStart(8, '0')).join('');
}
