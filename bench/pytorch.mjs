/**
 * @file PyTorch as a process that lives as long as a measurement: commands to training.py, and its answers.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { flattenParameters } from '@telltale/engine';

/** Largest norm of the gradients, on both sides. */
export const CLIP = 1;

/** The one in the middle. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/**
 * Starts PyTorch at its best: Debian's OpenBLAS falls back to SSE3 on CPUs that it does not recognize,
 * so it is set; and no side spins while it waits, for the machine may be shared.
 */
export async function openPytorch({ python, threads }) {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-pytorch-'));
  const modern = /\bavx512f\b/.test(readFileSync('/proc/cpuinfo', 'utf8'));
  const child = spawn(python, [fileURLToPath(new URL('training.py', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      OMP_WAIT_POLICY: 'passive',
      OPENBLAS_NUM_THREADS: String(threads),
      ...(modern && { OPENBLAS_CORETYPE: 'SkylakeX' }),
      ...process.env,
    },
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (command) => {
    child.stdin.write(`${JSON.stringify(command)}\n`);
    const { value, done } = await answers.next();
    if (done) throw new Error('the PyTorch process ended');
    return JSON.parse(value);
  };
  const { version } = await ask({ do: 'threads', threads });
  return {
    version,
    ask,
    /** Passes a network's parameters and data, named `images` and `targets`. */
    async load({ network, config }, params, data) {
      const named = flattenParameters(params);
      const all = [
        ...named.map((parameter) => [parameter.name, parameter.shape, parameter.data]),
        ...Object.entries(data).map(([name, value]) => [`@${name}`, value.shape, value.data]),
      ];
      let at = 0;
      const tensors = all.map(([name, shape, { length }]) => [
        name,
        shape,
        (at += length) - length,
      ]);
      const joined = new Float32Array(at);
      all.forEach(([, , values], i) => joined.set(values, tensors[i][2]));
      const file = join(folder, 'tensors.bin');
      writeFileSync(file, new Uint8Array(joined.buffer));
      const fixed = named.filter(({ trainable }) => trainable === false).map(({ name }) => name);
      await ask({ do: 'load', network: network.name, config, file, tensors, fixed, clip: CLIP });
    },
    async close() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'close');
      rmSync(folder, { recursive: true });
    },
  };
}
