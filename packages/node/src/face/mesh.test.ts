import { execFileSync } from 'node:child_process';

import { openFaceMesh } from '@telltale/core/face';
import { describe, expect, it } from 'vitest';

import { readFaceModelFiles } from '../face-models.ts';
import { loadRuntime } from '../runtime.ts';
import { openMeshThread } from './mesh.ts';

const inputOf = (seed: number): Float32Array =>
  Float32Array.from({ length: 3 * 192 * 192 }, (_, i) => ((i * (31 + seed)) % 255) / 255);

describe('the mesh in a thread of its own', { timeout: 60_000 }, () => {
  it('gives what it gives here, in order, and leaves its input as it was', async () => {
    const here = await openFaceMesh(await loadRuntime(), (await readFaceModelFiles()).meshAssets);
    const there = await openMeshThread();
    const inputs = [1, 2, 3, 4].map(inputOf);
    const outputs = await Promise.all(inputs.map((input) => there.run(input)));
    for (const [i, input] of inputs.entries()) {
      expect(input).toEqual(inputOf(i + 1));
      expect(outputs[i]).toEqual(await here.run(input));
    }
    await there.close();
    await here.close();
    await expect(there.run(inputs[0]!)).rejects.toThrow(/ended/);
  });

  it('does not keep a program from ending, nor from reporting what fails', () => {
    const [module, runtime, hooks] = ['./mesh.ts', '../runtime.ts', '../../../../test/typescript.mjs']
      .map((path) => new URL(path, import.meta.url)); // prettier-ignore
    const program = `
      await (await import('${runtime!.href}')).loadRuntime();
      const mesh = await (await import('${module!.href}')).openMeshThread();
      await mesh.run(new Float32Array(3)).catch(() => console.log('refused'));
      console.log('done');`;
    const words = ['--import', hooks!.pathname, '--input-type=module', '-e', program];
    const out = execFileSync(process.execPath, words, { encoding: 'utf8', timeout: 50_000 });
    expect(out).toBe('refused\ndone\n');
  });
});
