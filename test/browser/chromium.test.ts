/** @file TV-L1, magnification, landmarks and MERba in Chromium, against the same goldens and with the same tolerances as in Node. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createTvl1, LIKE_OPENCV } from '@telltale/core/motion';
import { magnifyClip } from '@telltale/core/magnify';
import { openRecognizer } from '@telltale/core/recognize';
import { loadRuntime } from '@telltale/node';
import { createRandom } from '../../packages/core/src/base/random.ts';
import { regionOfLandmarks } from '../../packages/core/src/face/mesh.ts';
import { interocularDistance } from '../../packages/core/src/face/regions.ts';
import { clipOf, framesOf, goldenFrames } from '../../packages/core/src/magnify/clips.cases.ts';
import type { Scan } from '../../packages/core/src/nets/mamba.ts';
import { CHROMIUM, hasChromium, openBrowser, type Browser } from './chromium.ts';
import type { Sent } from './page.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const golden = (name: string): unknown =>
  JSON.parse(readFileSync(`${root}/golden/${name}.json`, 'utf8'));

interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
interface Block {
  readonly params: Readonly<Record<string, Numbers>>;
  readonly input: Numbers;
  readonly output: Numbers;
}

const name = hasChromium ? 'in Chromium' : `in Chromium (skipped: there is no ${CHROMIUM})`;

describe.skipIf(!hasChromium)(name, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(async () => {
    const { problems } = browser;
    await browser.close();
    expect(problems).toEqual([]);
  });

  it('TV-L1 gives the numbers of Node to the last bit, and the flow image of OpenCV', async () => {
    const opencv = golden('flow/opencv-tvl1') as {
      readonly width: number;
      readonly height: number;
      readonly box: { left: number; top: number; width: number; height: number };
      readonly from_bytes: string;
      readonly to_bytes: string;
      readonly image: readonly number[];
    };
    const { width, height, box } = opencv;
    const sent = (base64: string): Sent => ({ base64, width, height });
    const [from, to] = [sent(opencv.from_bytes), sent(opencv.to_bytes)];
    const there = await browser.run('flow', { from, to, box, options: LIKE_OPENCV });
    const plane = (base64: string) => ({
      data: Float32Array.from(Buffer.from(base64, 'base64')),
      width,
      height,
    });
    const here = (await createTvl1()).compute(plane(from.base64), plane(to.base64), LIKE_OPENCV);
    expect(there.u).toEqual([...here.u]);
    expect(there.v).toEqual([...here.v]);
    for (const channel of [0, 1, 2]) {
      const pick = (values: readonly number[]): number[] =>
        values.filter((_, i) => i % 3 === channel);
      expect(correlation(pick(there.image), pick(opencv.image))).toBeGreaterThanOrEqual(0.95);
    }
  });

  it('magnification gives the bytes of Node', async () => {
    const size = { width: 61, height: 47, frames: 14, rate: 30 };
    const frames = goldenFrames(size);
    for (const options of [
      { chroma: 0.3 },
      { filter: 'butterworth' },
      { filter: 'ideal' },
    ] as const) {
      const there = await browser.run('magnify', { size, options });
      const here = await framesOf(magnifyClip(clipOf(frames, size.rate), options));
      expect(there.clip).toEqual([...here.at(-1)!.data]);
      expect(there.window).toEqual(there.clip);
    }
  });

  it('landmarks are those of MediaPipe itself', async () => {
    const mediapipe = golden('face-mediapipe') as {
      readonly width: number;
      readonly pictures: readonly { sample: number; faces: readonly number[][] }[];
    };
    const { sample, faces } = mediapipe.pictures[0]!;
    const path = `${root}/node_modules/@vladmandic/face-api/demo/sample${sample}.jpg`;
    const { data, info } = await sharp(path)
      .removeAlpha()
      .resize(mediapipe.width)
      .raw()
      .toBuffer({ resolveWithObject: true });
    const image = { base64: data.toString('base64'), width: info.width, height: info.height };
    const wanted = faces.map((face) => ({ points: Float32Array.from(face), presence: 1 }));
    const found = await browser.run('landmarks', { image, near: wanted.map(regionOfLandmarks) });
    expect(found).toHaveLength(faces.length);
    for (const [i, points] of found.entries()) {
      const square = points.reduce((sum, value, k) => sum + (value - faces[i]![k]!) ** 2, 0);
      const apart = Math.sqrt((2 * square) / points.length);
      expect(apart / interocularDistance(wanted[i]!)).toBeLessThan(0.03);
    }
  });

  it('MERba’s blocks are those of PyTorch', async () => {
    const merba = golden('merba') as {
      readonly mixers: readonly (Block & { readonly w: number; readonly scans: readonly Scan[] })[];
      readonly attention: Block & { readonly heads: number };
    };
    const { attention } = merba;
    const headDim = attention.input.shape[3]! / attention.heads;
    const blocks = [
      ...merba.mixers.map((block) => ({ block, kind: { window: block.w, scans: block.scans } })),
      { block: attention, kind: { headDim } },
    ];
    for (const { block, kind } of blocks) {
      const { params, input, output } = block;
      const answer = await browser.run('block', { params, input, kind });
      const scale = Math.max(...output.data.map(Math.abs));
      expect(answer).toHaveLength(output.data.length);
      for (const [i, value] of output.data.entries()) {
        expect(Math.abs(answer[i]! - value) / scale).toBeLessThan(1e-4);
      }
    }
  });

  it('a recognizer gives the probabilities of Node', async () => {
    const random = createRandom(11);
    const images = Array.from({ length: 3 }, () => ({
      data: Uint8Array.from({ length: 28 * 28 * 3 }, () => random.integer(256)),
      width: 28,
      height: 28,
      channels: 3 as const,
    }));
    const weights = readFileSync(`${root}/packages/core/models/merba-flow28.safetensors`);
    const here = await openRecognizer(await loadRuntime(), weights, { threads: 1 });
    const expected = await here.classify(images);
    await here.release();
    const answers = await browser.run('classify', {
      weights: Buffer.from(weights).toString('base64'),
      images: images.map(({ data, width, height }) => ({
        base64: Buffer.from(data).toString('base64'),
        width,
        height,
      })),
    });
    for (const [i, probabilities] of expected.entries()) {
      for (const [k, p] of probabilities.entries()) {
        expect(Math.abs(answers[i]![k]! - p)).toBeLessThan(1e-4);
      }
    }
  });
});

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (x: readonly number[]): number => x.reduce((s, y) => s + y, 0) / x.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (const [i, value] of a.entries()) {
    ab += (value - meanA) * (b[i]! - meanB);
    aa += (value - meanA) ** 2;
    bb += (b[i]! - meanB) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}
