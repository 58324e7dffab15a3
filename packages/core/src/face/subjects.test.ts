/** @file Subjects who cross, meet and come back are followed by who they are. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openTestModels } from './face.cases.ts';
import type { FaceModels } from './models.ts';
import { cutFaces, subjectsClip, type CutFace, type Path } from './subjects.cases.ts';
import { joinSubjects, subjectOf } from './subjects.ts';
import { createSightingJoiner } from './sightings.ts';
import { trackSubjects, type FaceTrack, type Subjects } from './track.ts';

let models: FaceModels;
let faces: readonly CutFace[];
beforeAll(async () => {
  models = await openTestModels();
  faces = await cutFaces(models, 1);
});
afterAll(() => models.close());

const SHAPE = { rate: 10, frames: 40, width: 640, height: 300 };
const HALF = 2;

/** From one side to the other, at most this far. */
const crossing = (direction: 1 | -1): Path => (time) => ({ x: 320 + direction * 110 * (time - HALF), y: 150, size: direction === 1 ? 150 : 185 }); // prettier-ignore
/** To the middle and back. */
const meeting = (direction: 1 | -1): Path => (time) => ({ x: 320 + direction * 110 * -Math.abs(time - HALF), y: 150, size: direction === 1 ? 150 : 185 }); // prettier-ignore

/** Largest distance of a track from a path, in sides; and in how many frames it has a region. */
function compare(track: FaceTrack, path: Path): { readonly off: number; readonly frames: number } {
  const offs = track.regions.flatMap((region, i) => {
    const { x, y, size } = path(track.times[i]!);
    return region === null ? [] : [Math.hypot(region.x - x, region.y - y) / size];
  });
  return { off: Math.max(...offs), frames: offs.length };
}

async function subjectsOf(paths: readonly (readonly [number, Path])[]): Promise<Subjects> {
  const clip = subjectsClip(
    paths.map(([face, path]) => ({ face: faces[face]!, path })),
    SHAPE,
  );
  return trackSubjects(models, clip.frames());
}

describe('two subjects', () => {
  it.each([
    ['cross', crossing],
    ['meet and go back', meeting],
  ] as const)('who %s are not confused', async (_, path) => {
    const subjects = await subjectsOf([
      [0, path(1)],
      [1, path(-1)],
    ]);
    expect(subjects.subjects).toHaveLength(2);
    const [front, behind] = [subjects.track(1), subjects.track(2)];
    expect(front.subject).toEqual({ number: 1, of: 2 });
    expect(compare(front, path(-1)).off).toBeLessThan(0.15);
    expect(compare(behind, path(1)).off).toBeLessThan(0.15);
    expect(compare(front, path(-1)).frames).toBe(SHAPE.frames);
    // Behind the other face for a while, and seen before and afterwards.
    expect(compare(behind, path(1)).frames).toBeGreaterThan(20);
    expect(behind.regions.at(-1)).not.toBeNull();
    expect(behind.regions[HALF * SHAPE.rate]).toBeNull();
  });

  it('are chosen by size, side and number', async () => {
    const subjects = await subjectsOf([[0, () => ({ x: 450, y: 150, size: 150 })], [1, () => ({ x: 180, y: 150, size: 190 })]]); // prettier-ignore
    const x = (track: FaceTrack): number => Math.round(track.regions[5]!.x / 10);
    expect(x(subjects.track())).toBe(x(subjects.track('left')));
    expect(x(subjects.track(2))).toBe(x(subjects.track('right')));
    expect(Math.abs(x(subjects.track('left')) - 18)).toBeLessThan(2);
    expect(Math.abs(x(subjects.track('right')) - 45)).toBeLessThan(2);
    expect(() => subjects.track(3)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  });

  it('are the same who left and came back elsewhere', async () => {
    const away = { x: -400, y: 150, size: 150 };
    const subjects = await subjectsOf([
      [
        0,
        (time) =>
          time < 1.2
            ? { x: 150, y: 150, size: 150 }
            : time < 2.6
              ? away
              : { x: 500, y: 160, size: 170 },
      ],
      [1, (time) => (time < 1.2 ? away : { x: 300, y: 150, size: 185 })],
    ]);
    expect(subjects.subjects).toHaveLength(2);
    const second = subjects.track(2);
    expect(Math.abs(second.regions[3]!.x - 150)).toBeLessThan(20);
    expect(second.regions[20]).toBeNull();
    expect(Math.abs(second.regions.at(-2)!.x - 500)).toBeLessThan(20);
  });
});

describe('twins', () => {
  it('who cross are distinguished by their motion', () => {
    const joiner = createSightingJoiner();
    const look = new Float32Array(768).fill(0.02);
    const place = (x: number) => ({ region: { x, y: 100, size: 100, angle: 0 }, appearance: look });
    for (let run = 0; run < 20; run++) {
      const [a, b] = [50 + 40 * run, 810 - 40 * run];
      const isHidden = Math.abs(a - b) < 50;
      joiner.add(run, isHidden ? [place((a + b) / 2)] : [place(a), place(b)]);
    }
    const subjects = joinSubjects(joiner.sequences(), 20);
    expect(subjects).toHaveLength(2);
    const ends = subjects.map(({ sightings }) => [
      sightings[0]!.region.x,
      sightings.at(-1)!.region.x,
    ]);
    expect(ends.sort((one, other) => one[0]! - other[0]!)).toEqual([
      [50, 810],
      [810, 50],
    ]);
    expect(subjectOf(subjects, 'left')).toBeDefined();
  });
});
