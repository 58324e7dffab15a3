/**
 * @file Prints, for bench/unit_inputs.py, the table of muscles and the movements of `synth/actions.ts` on three faces, as
 * JSON: displacements on 56×56 cells of the face box, the largest vector of a field 1.
 */
import { averageInto, faceBox } from '@telltale/core/motion';

import { ACTIONS, actionField } from '../packages/core/dist/synth/actions.js';
import { MUSCLES } from '../packages/core/dist/synth/muscles.js';
import { openPhotographs } from './photographs.mjs';

const SIZE = 56;
/** Of the movements, those of units that coded clips teach: the first. */
const LEARNED = 8;
const { face, photographs } = await openPhotographs();
const pulls = [];
await face.close();
for (const { name, landmarks } of photographs) {
  const { points } = landmarks;
  const middle = (a, b) => ({
    x: (points[2 * a] + points[2 * b]) / 2,
    y: (points[2 * a + 1] + points[2 * b + 1]) / 2,
  });
  const eyes = { left: middle(33, 133), right: middle(362, 263) };
  const box = faceBox({ ...eyes, mouth: middle(13, 14) });
  for (const action of Object.values(ACTIONS).slice(0, LEARNED))
    for (const side of ['both', 'left', 'right']) {
      const { left, top, width, height, u, v } = actionField(action, points, side);
      // The field is 0 outside its own box, so that a border of zeros may be repeated.
      const border = (plane) => {
        const data = new Float32Array((width + 2) * (height + 2));
        for (let row = 0; row < height; row++)
          data.set(plane.subarray(row * width, (row + 1) * width), (row + 1) * (width + 2) + 1);
        return { data, width: width + 2, height: height + 2 };
      };
      const inField = { ...box, left: box.left - left + 1, top: box.top - top + 1 };
      const cells = (plane) =>
        [...averageInto(border(plane), inField, SIZE).data].map((value) =>
          Number(value.toFixed(4)),
        );
      pulls.push({ units: action.units, side, face: name, u: cells(u), v: cells(v) });
    }
}
process.stdout.write(JSON.stringify({ muscles: MUSCLES, pulls }));
