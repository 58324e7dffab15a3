/** @file `telltale flow` from files to files, on a photograph moved by a known warp. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFaceModels, type FaceRegion, type RgbImage } from '@telltale/core';
import { cropRegion } from '@telltale/core/expression';
import { findFace, type Landmarks } from '@telltale/core/face';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadRuntime, readFaceModelFiles, readImage } from '@telltale/node';
import { fromCrop, toCrop } from '../../../core/src/face/align.ts';
import { createProgram, runProgram } from '../program.ts';
import { flowCommand } from './flow.ts';

const PHOTO = new URL(
  '../../../../node_modules/@vladmandic/face-api/demo/sample1.jpg',
  import.meta.url,
);
const folder = mkdtempSync(join(tmpdir(), 'telltale-flow-'));
const file = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

interface Move {
  readonly x: number;
  readonly y: number;
}

/** One mouth corner is drawn out and up, one brow is raised: backward movement at a place of the onset image. */
function movement(landmarks: Landmarks, spread: number): (x: number, y: number) => Move {
  const at = (index: number): Move => ({
    x: landmarks.points[2 * index]!,
    y: landmarks.points[2 * index + 1]!,
  });
  const parts = [
    { center: at(291), u: 1.6, v: -1.2 },
    { center: at(105), u: 0.2, v: -1.8 },
  ];
  return (x, y) => {
    let [u, v] = [0, 0];
    for (const { center, ...by } of parts) {
      const weight = Math.exp((-0.5 * ((x - center.x) ** 2 + (y - center.y) ** 2)) / spread ** 2);
      u += weight * by.u;
      v += weight * by.v;
    }
    return { x: u, y: v };
  };
}

/** Bilinear. */
function warped(image: RgbImage, move: (x: number, y: number) => Move): RgbImage {
  const { width, height } = image;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const by = move(x + 0.5, y + 0.5);
      const px = Math.min(Math.max(x - by.x, 0), width - 1.001);
      const py = Math.min(Math.max(y - by.y, 0), height - 1.001);
      const [ix, iy] = [Math.floor(px), Math.floor(py)];
      for (let c = 0; c < 3; c++) {
        const pixel = (i: number, j: number): number =>
          image.data[3 * ((iy + j) * width + ix + i) + c]!;
        const above = pixel(0, 0) + (px - ix) * (pixel(1, 0) - pixel(0, 0));
        const below = pixel(0, 1) + (px - ix) * (pixel(1, 1) - pixel(0, 1));
        data[3 * (y * width + x) + c] = Math.round(above + (py - iy) * (below - above));
      }
    }
  }
  return { data, width, height, channels: 3 };
}

async function save(
  name: string,
  { data, width, height, channels }: RgbImage,
  mirror = false,
): Promise<void> {
  await sharp(data, { raw: { width, height, channels } }).flop(mirror).png().toFile(file(name));
}

async function run(
  ...words: string[]
): Promise<{ status: number; stderr: string; result: string }> {
  let [stderr, result] = ['', ''];
  const error = vi
    .spyOn(process.stderr, 'write')
    .mockImplementation((text) => Boolean((stderr += String(text))));
  const out = vi
    .spyOn(process.stdout, 'write')
    .mockImplementation((text) => Boolean((result += String(text))));
  const status = await runProgram(createProgram([flowCommand()]), ['flow', ...words]);
  error.mockRestore();
  out.mockRestore();
  return { status, stderr, result };
}

let landmarks: Landmarks;
/** Where the face is cut out of the image. */
let alignment: FaceRegion;
let move: (x: number, y: number) => Move;

beforeAll(async () => {
  await sharp(readFileSync(PHOTO))
    .extract({ left: 1340, top: 110, width: 480, height: 480 })
    .png()
    .toFile(file('onset.png'));
  const onset = await readImage(file('onset.png'));
  const models = await openFaceModels(await loadRuntime(), await readFaceModelFiles());
  const face = await findFace(models, onset);
  landmarks = face.landmarks;
  alignment = cropRegion(face.region);
  await models.close();
  move = movement(landmarks, 22);
  const apex = warped(onset, move);
  await save('apex.png', apex);
  await save('onset-mirrored.png', onset, true);
  await save('apex-mirrored.png', apex, true);
});

const channel = (pixels: Uint8Array | Uint8ClampedArray, c: number): number[] =>
  [...pixels].filter((_, i) => i % 3 === c);

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (x: readonly number[]): number => x.reduce((s, y) => s + y, 0) / x.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const product = (x: readonly number[], mx: number, y: readonly number[], my: number): number =>
    x.reduce((s, value, i) => s + (value - mx) * (y[i]! - my), 0);
  return (
    product(a, meanA, b, meanB) /
    Math.sqrt(product(a, meanA, a, meanA) * product(b, meanB, b, meanB))
  );
}

describe('telltale flow', () => {
  it('writes the field of a known warp within 0.1 pixels, the flow image and the color wheel', async () => {
    const { status, result } = await run(file('onset.png'), file('apex.png'), '--out', file('out'));
    expect(status).toBe(0);
    expect(result.trim().split('\n').map((line) => line.slice(file('out').length + 1))).toEqual(['flow.png', 'colors.png', 'flow.npy']); // prettier-ignore

    const npy = readFileSync(file('out/flow.npy'));
    const start = 10 + npy.readUInt16LE(8);
    expect(npy.subarray(10, start).toString('latin1')).toContain("'shape': (2, 224, 224)");
    const size = 224 * 224;
    let error = 0;
    let still = 0;
    for (let i = 0; i < size; i++) {
      const place = fromCrop({ x: (i % 224) + 0.5, y: Math.floor(i / 224) + 0.5 }, alignment, 224);
      let forward: Move = { x: 0, y: 0 };
      for (let k = 0; k < 20; k++) forward = move(place.x + forward.x, place.y + forward.y);
      const [from, to] = [place, { x: place.x + forward.x, y: place.y + forward.y }].map((p) => toCrop(p, alignment, 224)); // prettier-ignore
      const [u, v] = [to!.x - from!.x, to!.y - from!.y];
      error += Math.hypot(npy.readFloatLE(start + 4 * i) - u, npy.readFloatLE(start + 4 * (size + i)) - v) / size; // prettier-ignore
      still += Math.hypot(u, v) / size;
    }
    expect(error).toBeLessThan(0.1);
    expect(error).toBeLessThan(0.5 * still);

    const image = await readImage(file('out/flow.png'));
    expect([image.width, image.height]).toEqual([28, 28]);
    for (const c of [0, 1, 2]) {
      expect(Math.min(...channel(image.data, c))).toBe(0);
      expect(Math.max(...channel(image.data, c))).toBe(255);
    }
    const colors = await readImage(file('out/colors.png'));
    expect([colors.width, colors.height]).toEqual([224, 224]);
  });

  it('of the mirrored images is mirrored, with u turned over', async () => {
    await run(file('onset.png'), file('apex.png'), '--out', file('straight'));
    await run(file('onset-mirrored.png'), file('apex-mirrored.png'), '--out', file('mirrored'));
    const straight = (await readImage(file('straight/flow.png'))).data;
    const turned = (await readImage(file('mirrored/flow.png'))).data;
    const back = (c: number): number[] => {
      const values = channel(turned, c);
      return values.map((_, i) => values[i - 2 * (i % 28) + 27]!);
    };
    expect(correlation(back(0), channel(straight, 0))).toBeLessThan(-0.9);
    expect(correlation(back(1), channel(straight, 1))).toBeGreaterThan(0.9);
    expect(correlation(back(2), channel(straight, 2))).toBeGreaterThan(0.8);
  });

  it('turns both images', async () => {
    for (const name of ['onset', 'apex']) {
      await sharp(file(`${name}.png`))
        .rotate(-90)
        .png()
        .toFile(file(`${name}-lying.png`));
    }
    const lying = [file('onset-lying.png'), file('apex-lying.png')];
    await run(file('onset.png'), file('apex.png'), '--out', file('upright'));
    const { status, stderr } = await run(...lying, '--rotate', '90', '--out', file('righted'));
    expect(status, stderr).toBe(0);
    for (const name of ['flow.png', 'colors.png', 'flow.npy']) {
      expect(readFileSync(file(`righted/${name}`)).equals(readFileSync(file(`upright/${name}`))), name).toBe(true); // prettier-ignore
    }
  });

  it('of two faces takes the one that is chosen, in both images', async () => {
    // The face that moves is the smaller one, on the right; the other one keeps still.
    const beside = async (name: string, large: string): Promise<void> => {
      const right = await sharp(file(name)).resize(400, 400).png().toBuffer();
      await sharp({ create: { width: 1000, height: 600, channels: 3, background: '#444' } })
        .composite([
          { input: await sharp(file(large)).resize(560, 560).png().toBuffer(), left: 10, top: 20 },
          { input: right, left: 590, top: 100 },
        ])
        .png()
        .toFile(file(`two-${name}`));
    };
    await beside('onset.png', 'onset-mirrored.png');
    await beside('apex.png', 'onset-mirrored.png');
    const largest = async (...words: readonly string[]): Promise<number> => {
      const images = [file('two-onset.png'), file('two-apex.png')];
      const { status, stderr } = await run(
        ...images,
        '--out',
        file('of-two'),
        '--overwrite',
        ...words,
      );
      expect(status, stderr).toBe(0);
      return Number(/displacement: ([\d.]+)/.exec(stderr)![1]);
    };
    expect(await largest()).toBeLessThan(0.2);
    expect(await largest('--face', 'left')).toBeLessThan(0.2);
    expect(await largest('--face', 'right')).toBeGreaterThan(0.8);
    expect(await largest('--face', '2')).toBeGreaterThan(0.8);
    const third = await run(file('two-onset.png'), file('two-apex.png'), '--out', file('no'), '--face', '3'); // prettier-ignore
    expect(third.stderr).toContain('there is no face 3 in the image: 2 faces are seen in it');
  }, 120_000);

  it.each([
    ['images of two sizes', 'small.png', 'FRAMES_SIZE_CHANGED'],
    ['an image without a face', 'gray.png', 'FACE_NOT_FOUND'],
    ['a missing image', 'nowhere.png', 'FILE_MISSING'],
  ])('refuses %s and writes nothing', async (_, name, code) => {
    await sharp(file('onset.png')).resize(400, 400).png().toFile(file('small.png'));
    await sharp({ create: { width: 480, height: 480, channels: 3, background: '#777' } }).png().toFile(file('gray.png')); // prettier-ignore
    const { status, stderr, result } = await run(
      file('onset.png'),
      file(name),
      '--out',
      file('no'),
    );
    expect(status).toBe(2);
    expect(stderr).toContain(`error ${code}:`);
    expect(result).toBe('');
    expect(existsSync(file('no'))).toBe(false);
  });
});
