import { describe, expect, it } from 'vitest';

import type { Ort } from '../base/ort.ts';
import { readModelFiles, runtime } from './face.cases.ts';
import { openFaceModels } from './models.ts';

describe('the face models', () => {
  it('run one at a time, and are closed behind what runs', async () => {
    let running = 0;
    const seen: string[] = [];
    // ONNX Runtime for the web fails where two networks run at once, or where one is released that runs.
    const alone = async <Result>(name: string, task: () => Promise<Result>): Promise<Result> => {
      expect(running).toBe(0);
      running++;
      await new Promise((resolve) => setTimeout(resolve, 5));
      const result = await task();
      running--;
      seen.push(name);
      return result;
    };
    const create = async (model: Uint8Array): Promise<object> => {
      const session = await runtime.InferenceSession.create(model);
      return {
        run: (feeds: Parameters<typeof session.run>[0]) => alone('run', () => session.run(feeds)),
        release: () => alone('release', () => session.release()),
      };
    };
    const ort = { ...runtime, Tensor: runtime.Tensor, InferenceSession: { create } } as unknown as Ort; // prettier-ignore
    const models = await openFaceModels(ort, await readModelFiles());
    const input = new Float32Array(3 * 192 * 192);
    const runs = [models.mesh(input), models.detect(input), models.mesh(new Float32Array(3)), models.mesh(input)]; // prettier-ignore
    const closed = models.close();
    const ends = await Promise.allSettled(runs);
    await closed;
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']); // prettier-ignore
    expect(seen.filter((name) => name === 'release')).toHaveLength(2);
    expect(seen.at(-1)).toBe('release');
  });
});
