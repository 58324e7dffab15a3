/**
 * @file Clips with planted action units on three faces that took part in no training: for bench/units.mjs and
 * bench/unit-pairs.mjs.
 *
 * The movements of `synth/actions.ts` are pulls around landmarks, which is not the model of motion that the recognizer of
 * units learned from; that is `synth/muscles.ts`, so its clips are the easier ones.
 */
import { findFace } from '@telltale/core/face';
import { filmScenario, synthesize } from '@telltale/core/synth';
import { namedUnits } from '@telltale/core/units';

import { openPhotographs } from './photographs.mjs';

export const PULLS = {
  'brow-raise': [1, 2],
  'brow-lower': [4],
  'lip-corner-pull': [12],
  'lip-corner-depress': [15],
  'nose-wrinkle': [9],
  'lid-raise': [5],
  'cheek-raise': [6],
  'chin-raise': [17],
};
const MUSCLES = { '1+2': [1, 2], ...{ 2: [2], 4: [4], 7: [7], 10: [10], 12: [12], 14: [14], 15: [15] } }; // prettier-ignore

/** What is planted, in which face, and how the clip is made. */
function* planted(photographs, { amplitude, isOneSided }) {
  for (const rate of [30, 200])
    for (const [f, { name, image, landmarks }] of photographs.entries())
      for (const side of isOneSided ? ['left', 'right'] : ['both']) {
        const where = { face: name, rate, side };
        const offset = 100 * f + (rate > 100 ? 1 : 0) + (side === 'right' ? 1000 : 0);
        for (const [k, [kind, wanted]] of Object.entries(PULLS).entries()) {
          const seed = offset + 10 * k;
          const options = { kind, side, rate, amplitude, seconds: rate > 100 ? 1.2 : 2, seed };
          yield {
            row: { ...where, model: 'pulls', kind, planted: wanted },
            clip: synthesize(image, landmarks, options),
          };
        }
        if (!isOneSided || f === photographs.length - 1) continue;
        for (const [k, [kind, wanted]] of Object.entries(MUSCLES).entries()) {
          const sided = wanted.map((unit) => `${side === 'left' ? 'L' : 'R'}${unit}`).join('+');
          const events = [{ kind: 'micro', units: sided, amplitude, onset: 0.4, offset: 0.75 }];
          const scenario = {
            ...{ name: sided, width: 640, height: 480, interocular: 100, rate },
            ...{ frames: rate, events, seed: 5000 + offset + 10 * k },
          };
          yield {
            row: { ...where, model: 'muscles', kind, planted: wanted },
            clip: filmScenario({ image, landmarks }, scenario),
          };
        }
      }
}

/** One frame of a clip. */
async function frameAt(frames, index) {
  for await (const frame of frames) if (frame.index === index) return frame;
  throw new Error(`the clip has no frame ${index}`);
}

/** Movements of `synth/actions.ts` by kind and unit, on both sides and, unless of the middle, on either side. */
function* movements(photographs, { amplitude, kinds, middle }) {
  for (const rate of [30, 200])
    for (const [f, { name, image, landmarks }] of photographs.entries())
      for (const [k, [kind, unit]] of Object.entries(kinds).entries())
        for (const side of middle.includes(unit) ? ['both'] : ['both', 'left', 'right']) {
          const seed = 20_000 + 1000 * ['both', 'left', 'right'].indexOf(side) + 100 * f + 10 * k + (rate > 100 ? 1 : 0); // prettier-ignore
          const options = { kind, side, rate, amplitude, seconds: rate > 100 ? 1.2 : 2, seed };
          yield {
            row: { face: name, rate, kind, planted: unit, plantedSide: side },
            clip: synthesize(image, landmarks, options),
          };
        }
}

/** As `plantedClips`, of the movements of `synth/actions.ts` in `kinds`, a table of units; those in `middle` have no side. */
export async function* plantedMovements(amplitude, kinds, middle) {
  const { face, photographs } = await openPhotographs();
  for (const one of movements(photographs, { amplitude, kinds, middle })) yield await examined(one, face); // prettier-ignore
  await face.close();
}

/** A clip with its planted times, and the region of the face. */
async function examined({ row, clip }, face) {
  const event = clip.truth.events.find((one) => one.kind !== 'blink');
  const [onset, apex, offset] = [event.onset.frame, event.apex.frame, event.offset.frame];
  // The photograph is resampled into the clip: the face is found there again.
  const { region } = await findFace(face, await frameAt(clip.frames(), onset));
  return { row, clip, onset, apex, offset, face, regions: Array.from({ length: offset + 1 }, () => region) }; // prettier-ignore
}

/**
 * Each clip with what is planted in it (`row`), its frames up to the offset, onset, apex and offset as they were planted, and
 * the region of the face at the onset.
 */
export async function* plantedClips(amplitude, isOneSided, names) {
  const { face, photographs } = await openPhotographs(names);
  for (const one of planted(photographs, { amplitude, isOneSided }))
    yield await examined(one, face);
  await face.close();
}

/** What of the planted units was recognized. */
export function namedPlanted(row, answers) {
  const first = namedUnits(answers)[0]?.unit ?? null;
  const [{ unit: probable }] = [...answers].sort((a, b) => b.probability - a.probability);
  const own = answers.filter(({ unit }) => row.planted.includes(unit));
  return {
    ...{ first, isFirst: row.planted.includes(first) },
    ...{ probable, isProbable: row.planted.includes(probable) },
    others: answers.filter(({ unit, verdict }) => verdict !== 'absent' && !row.planted.includes(unit)).length, // prettier-ignore
    isNamed: own.every(({ verdict }) => verdict !== 'absent'),
    isSide: own.every(({ side }) => side === row.side),
    isOtherSide: own.some(({ side }) => side !== 'both' && side !== row.side),
  };
}
