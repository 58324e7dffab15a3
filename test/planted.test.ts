/**
 * @file The main job, from the first frame to the report: what was planted is found, and real clips run
 * to the end. A cut through the matrix of `bench/planted.mjs`, which plants 24 expressions in encoded
 * clips: each face, kind and rate occurs here at least once, at the least amplitude.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRuntime, openClip, readFaceModelFiles, readImage } from '@telltale/node';

import {
  analyze,
  openFaceModels,
  readReport,
  type Analysis,
  type Clip,
  type FaceModels,
  type RgbImage,
} from '../packages/core/src/index.ts';
import { findFace } from '../packages/core/src/face/index.ts';
import {
  scoreAgainst,
  synthesize,
  type SynthesisOptions,
  type SyntheticClip,
} from '../packages/core/src/synth/index.ts';

const photos = join(
  dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')),
  'demo',
);
const shared =
  process.env['TELLTALE_SHARED'] ?? fileURLToPath(new URL('../../shared/data', import.meta.url));
const clips = join(shared, 'clips');

let face: FaceModels;
beforeAll(async () => {
  face = await openFaceModels(await loadRuntime(), await readFaceModelFiles(), { threads: 1 });
});
afterAll(() => face.close());

async function planted(name: string, options: SynthesisOptions): Promise<SyntheticClip> {
  const photo = await readImage(join(photos, name));
  const { landmarks } = await findFace(face, photo);
  return synthesize(photo, landmarks, { amplitude: 1, seconds: 3, ...options });
}

/** What every report must hold to, whatever the clip. */
function expectSensible({ report, images }: Analysis): void {
  expect(readReport(JSON.stringify(report))).toEqual(JSON.parse(JSON.stringify(report)));
  const { clip, movement, expressions } = report;
  expect(movement.times).toHaveLength(clip.frames);
  expect(movement.values).toHaveLength(clip.frames);
  expect(images).toHaveLength(expressions.length);
  for (const { onset, apex, offset, kind, duration } of expressions) {
    expect(onset.frame).toBeLessThanOrEqual(apex.frame);
    expect(apex.frame).toBeLessThanOrEqual(offset.frame);
    expect(offset.frame).toBeLessThan(clip.frames);
    if (kind === 'micro') expect(duration).toBeLessThanOrEqual(0.5 + 2 / clip.rate);
  }
  for (const { flowImage, onset, apex } of images) {
    expect([flowImage.width, flowImage.height]).toEqual([28, 28]);
    expect(onset.width).toBe(apex.width);
  }
  expect(report.caveats.join(' ')).toMatch(/not a lie detector/);
  for (const { confidence } of expressions) {
    expect(confidence).toBeGreaterThanOrEqual(0);
    expect(confidence).toBeLessThanOrEqual(1);
  }
}

/** Whole analyses, on machines that may be busy with others. */
const PATIENCE = { timeout: 900_000 };

describe('planted expressions of one pixel', PATIENCE, () => {
  const cases: readonly (readonly [string, SynthesisOptions])[] = [
    ['sample3.jpg', { kind: 'brow-raise', rate: 30, seed: 11, blink: true, seconds: 4 }],
    ['sample5.jpg', { kind: 'brow-lower', rate: 30, seed: 12 }],
    ['sample6.jpg', { kind: 'lip-corner-depress', rate: 30, seed: 13 }],
    ['sample6.jpg', { kind: 'lip-corner-pull', rate: 200, seed: 14, seconds: 1.6 }],
  ];

  it.each(cases)('in %s: %o', async (name, options) => {
    const clip = await planted(name, options);
    const analysis = await analyze(clip, { face });
    expectSensible(analysis);
    const { events, falseAlarms } = scoreAgainst(clip.truth, analysis.report.expressions);
    for (const { event, found } of events) expect(found, event.kind).toBe(true);
    expect(falseAlarms.length).toBeLessThanOrEqual(1);
    expect(analysis.report.face.gaps).toEqual([]);
    expect(analysis.report.caveats.join(' ')).toMatch(/No recognizer was used/);
  });

  it('make a flow image with the signs of the training data: red is rightward, green is down', async () => {
    const clip = await planted('sample6.jpg', {
      ...{ kind: 'lip-corner-pull', rate: 30, seed: 21, amplitude: 3 },
    });
    const { report, images } = await analyze(clip, { face });
    const index = report.expressions.findIndex(({ kind }) => kind === 'micro');
    const { data } = images[index]!.flowImage;
    const mean = (channel: number, columns: readonly number[]): number => {
      let sum = 0;
      for (let row = 17; row < 22; row++) {
        for (const column of columns) sum += data[3 * (28 * row + column) + channel]!;
      }
      return sum / (5 * columns.length);
    };
    const [left, right] = [
      [6, 7, 8, 9],
      [18, 19, 20, 21],
    ];
    // Both corners are pulled outward and up.
    expect(mean(0, right)).toBeGreaterThan(mean(0, left) + 60);
    const brows = Array.from({ length: 28 }, (_, x) => data[3 * (28 * 2 + x) + 1]!);
    const rest = brows.reduce((a, b) => a + b, 0) / 28;
    expect(mean(1, left)).toBeLessThan(rest - 30);
    expect(mean(1, right)).toBeLessThan(rest - 30);
  });

  it('are not found where there are none', async () => {
    const clip = await planted('sample5.jpg', { amplitude: 0, rate: 30, seed: 31 });
    const { report } = await analyze(clip, { face });
    expect(report.expressions).toEqual([]);
  });

  it('are left alone after the signal', async () => {
    const clip = await planted('sample6.jpg', { rate: 30, seed: 41 });
    const controller = new AbortController();
    const stages: string[] = [];
    const run = analyze(
      clip,
      { face },
      {
        signal: controller.signal,
        onProgress: ({ stage, done }) => {
          stages.push(stage);
          if (stage === 'movement' && done === 5) controller.abort();
        },
      },
    );
    await expect(run).rejects.toMatchObject({ code: 'CANCELED' });
    expect(stages.at(-1)).toBe('movement');
  });
});

/** A clip of one image. */
function still(image: RgbImage, frames: number): Clip {
  return {
    ...{ name: 'still', width: image.width, height: image.height, rate: 25 },
    async *frames() {
      for (let index = 0; index < frames; index++) {
        yield await Promise.resolve({ ...image, index, time: index / 25 });
      }
    },
  };
}

describe.skipIf(!existsSync(clips))(`real clips (skipped without ${clips})`, PATIENCE, () => {
  const run = async (name: string): Promise<Analysis> => {
    const clip = await openClip(join(clips, name));
    try {
      const analysis = await analyze(clip, { face });
      expectSensible(analysis);
      return analysis;
    } finally {
      await clip.close();
    }
  };

  it('follows a smile that stays', async () => {
    const { report } = await run('pyfeat_selfie_neutral_to_smile.mp4');
    expect(report.clip.frames).toBe(72);
    expect(report.face).toMatchObject({ frames: 72, faces: 1, gaps: [] });
    expect(report.expressions.filter(({ kind }) => kind === 'macro')).toHaveLength(1);
    expect(report.expressions.some(({ kind }) => kind === 'blink')).toBe(true);
  });

  it('reports the frames before a face appears as a gap', async () => {
    const { report } = await run('pyfeat_noface_then_face_hevc.mov');
    expect(report.face.gaps[0]!.start.frame).toBe(0);
    expect(report.face.frames).toBeLessThan(report.clip.frames);
    expect(report.caveats.join(' ')).toMatch(/No face was found in \d+ of \d+ frames/);
    expect(report.movement.values[0]).toBeNull();
  });

  it.each(['grid_s1_bbaf2n.mpg', 'grid_s2_swwp2s.mpg'])(
    'does not take talking for a row of micro-expressions: %s',
    async (name) => {
      const { report } = await run(name);
      expect(report.clip.frames).toBe(75);
      expect(report.face.gaps).toEqual([]);
      const micro = report.expressions.filter(({ kind }) => kind === 'micro');
      expect(micro.length).toBeLessThanOrEqual(2);
    },
  );

  it('counts five faces and analyzes the largest', async () => {
    const image = await readImage(join(clips, 'pyfeat_multi_face.jpg'));
    const analysis = await analyze(still(image, 20), { face });
    expectSensible(analysis);
    expect(analysis.report.face.faces).toBe(5);
    expect(analysis.report.expressions).toEqual([]);
    expect(analysis.report.caveats.join(' ')).toMatch(/Up to 5 faces/);
  });

  it.each(['chelsea.png', 'coffee.png'])('reports that there is no face in %s', async (name) => {
    const image = await readImage(join(clips, name));
    await expect(analyze(still(image, 10), { face })).rejects.toMatchObject({
      code: 'FACE_NOT_FOUND',
    });
  });
});
