import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createRandom } from '../base/random.ts';
import { openTestModels, readModelFiles, runtime, sampleImage } from './face.cases.ts';
import { findFace } from './find.ts';
import { layOutMemory, type Step, type Value } from './mesh-memory.ts';
import { openMeshNetwork } from './mesh-network.ts';
import { faceInput, openFaceMesh, openFaceMeshKernels } from './models.ts';
import type { FaceModels, FaceNetwork, NetworkOutputs } from './models.ts';

/** Length of the attention mesh, the first file of the bundle. */
const MESH_BYTES = 2_495_952;

let models: FaceModels;
let kernels: FaceNetwork;
let bundle: Uint8Array;
beforeAll(async () => {
  bundle = (await readModelFiles()).meshAssets;
  models = await openTestModels();
  kernels = await openFaceMeshKernels(bundle);
});
afterAll(async () => {
  await models.close();
  await kernels.close();
});

/** The largest difference of each output. */
function differences(a: NetworkOutputs, b: NetworkOutputs): Record<string, number> {
  expect(Object.keys(a).sort()).toEqual(Object.keys(b).sort());
  return Object.fromEntries(
    Object.entries(a).map(([name, values]) => {
      const others = b[name]!;
      expect(values).toHaveLength(others.length);
      return [name, values.reduce((most, x, i) => Math.max(most, Math.abs(x - others[i]!)), 0)];
    }),
  );
}

describe('the attention mesh on its own kernels', () => {
  it('is what its source compiles to', () => {
    const script = fileURLToPath(new URL('../../../../scripts/build-kernels.mjs', import.meta.url));
    execFileSync(process.execPath, [script, '--check', 'mesh']);
  });

  it('finds the points of ONNX Runtime, in pixels of its input, in faces upright, turned and cut off', async () => {
    for (const number of [1, 3, 5] as const) {
      const image = await sampleImage(number, 960);
      const { region } = await findFace(models, image);
      for (const change of [{}, { angle: region.angle + 0.5 }, { x: 0, y: 0 }]) {
        const input = faceInput(image, { ...region, ...change }, { range: [0, 1] });
        const found = differences(await kernels.run(input), await models.mesh(input));
        for (const difference of Object.values(found)) expect(difference).toBeLessThan(1e-3);
      }
    }
  });

  it('and of images that show none', async () => {
    const random = createRandom(3);
    const noise = Float32Array.from({ length: 3 * 192 * 192 }, () => random.uniform());
    for (const input of [noise, noise.map(() => 0), noise.map(() => 1)]) {
      const found = differences(await kernels.run(input), await models.mesh(input));
      for (const difference of Object.values(found)) expect(difference).toBeLessThan(5e-3);
    }
  });

  it('answers the same whatever it saw before, and keeps what it has answered', async () => {
    const image = await sampleImage(3, 960);
    const { region } = await findFace(models, image);
    const input = faceInput(image, region, { range: [0, 1] });
    const first = await kernels.run(input);
    const copy = structuredClone(first);
    await kernels.run(input.map((value) => 1 - value));
    expect(first).toEqual(copy);
    expect(await kernels.run(input)).toEqual(copy);
  });

  it('refuses what is no such model or no such image', async () => {
    await expect(openMeshNetwork(new Uint8Array(100))).rejects.toMatchObject({ code: 'WEIGHTS_CORRUPT' }); // prettier-ignore
    const { detection } = await readModelFiles();
    await expect(openMeshNetwork(detection)).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED' });
    await expect(openFaceMeshKernels(bundle.subarray(1))).rejects.toMatchObject({ code: 'WEIGHTS_MISMATCH' }); // prettier-ignore
    await expect(kernels.run(new Float32Array(3))).rejects.toThrow(/3 values/);
    const closed = await openFaceMeshKernels(bundle);
    await closed.close();
    await expect(closed.run(new Float32Array(3 * 192 * 192))).rejects.toThrow(/closed/);
  });

  it('takes the place of ONNX Runtime where that is the one of browsers', async () => {
    const create = () => Promise.reject(new Error('ONNX Runtime was asked'));
    const web = { ...runtime, env: { versions: {} }, InferenceSession: { create } } as unknown as typeof runtime; // prettier-ignore
    const mesh = await openFaceMesh(web, bundle);
    const input = new Float32Array(3 * 192 * 192).fill(0.5);
    expect(await mesh.run(input)).toEqual(await kernels.run(input));
    expect(bundle.length).toBeGreaterThan(MESH_BYTES);
  });
});

describe('the memory of a network', () => {
  it('holds no two values in one place while both are needed', () => {
    const random = createRandom(5);
    for (let round = 0; round < 50; round++) {
      const value = (): Value => ({ size: 1 + Math.floor(200 * random.uniform()), at: -1 });
      const fixed = [value(), value()];
      const steps: Step[] = [];
      for (let i = 0; i < 12; i++) {
        const known = [...fixed, ...steps.map(({ makes }) => makes)];
        const reads = known.filter(() => random.uniform() < 0.3);
        steps.push({ reads, makes: value(), run: () => undefined });
      }
      const kept = [steps[4]!.makes, steps[11]!.makes];
      const end = layOutMemory(64, fixed, steps, kept);

      // Each step writes its own mark, and finds those of what it reads.
      const memory = new Int32Array(end / 4);
      const marks = new Map<Value, number>();
      const write = (one: Value): void => {
        marks.set(one, marks.size + 1);
        expect(one.at).toBeGreaterThanOrEqual(64);
        expect(one.at % 16).toBe(0);
        memory.fill(marks.get(one)!, one.at / 4, one.at / 4 + one.size);
      };
      const isWhole = (one: Value): boolean =>
        memory.subarray(one.at / 4, one.at / 4 + one.size).every((mark) => mark === marks.get(one));
      fixed.forEach(write);
      for (const { reads, makes } of steps) {
        write(makes);
        expect(reads.every(isWhole)).toBe(true);
      }
      expect([...fixed, ...kept].every(isWhole)).toBe(true);
    }
  });
});
