/** @file A planted movement is found while the clip is still being filmed, and old times are let go. */
import { afterAll, beforeAll, expect, it } from 'vitest';

import { openTestModels, sampleImage } from '../face/face.cases.ts';
import { findFace } from '../face/find.ts';
import type { FaceModels } from '../face/models.ts';
import { createTvl1 } from '../motion/tvl1.ts';
import { synthesize } from '../synth/synthesize.ts';
import { spotLive } from './live.ts';

let face: FaceModels;
beforeAll(async () => {
  face = await openTestModels();
});
afterAll(() => face.close());

it(
  'finds what was planted, where it was planted, without knowing what comes',
  { timeout: 600_000 },
  async () => {
    const photo = await sampleImage(6, 640);
    const { landmarks } = await findFace(face, photo);
    const clip = synthesize(photo, landmarks, {
      kind: 'brow-raise',
      seed: 7,
      seconds: 3,
      onset: 1.6,
    });
    const watcher = spotLive({ face, flow: await createTvl1() }, { window: 2.2 });
    let seen = 0;
    for await (const frame of clip.frames()) {
      if ((await watcher.add(frame)) !== null) seen++;
      if (frame.index === 40) expect(watcher.spot().movements).toEqual([]);
    }
    expect(seen).toBe(clip.expectedFrames);
    const { movements, times } = watcher.spot();
    const [planted] = clip.truth.events;
    expect(movements).toHaveLength(1);
    expect(movements[0]!.kind).toBe('micro');
    expect(movements[0]!.apex).toBeGreaterThan(planted!.onset.time);
    expect(movements[0]!.apex).toBeLessThan(planted!.offset.time);
    // What is older than the window is gone.
    expect(times[0]!).toBeGreaterThanOrEqual(times.at(-1)! - 2.2);
  },
);

it(
  'reports the frame rate, and no movement at four frames per second',
  { timeout: 600_000 },
  async () => {
    const photo = await sampleImage(6, 640);
    const { landmarks } = await findFace(face, photo);
    const events = { kind: 'brow-raise', seed: 7, seconds: 4, onset: 1.6, amplitude: 4 } as const;
    const clip = synthesize(photo, landmarks, { ...events, rate: 4, blink: true });
    const watcher = spotLive({ face, flow: await createTvl1() });
    for await (const frame of clip.frames()) await watcher.add(frame);
    const { movements, rate, times } = watcher.spot();
    expect(times).toHaveLength(clip.expectedFrames);
    expect(rate).toBeCloseTo(4, 5);
    expect(movements).toEqual([]);
  },
);
