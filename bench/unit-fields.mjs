/**
 * @file Prints, for bench/unit_inputs.py, the table of muscles and the movements of `synth/actions.ts` on three faces, as
 * JSON: displacements on 56×56 cells of the face box, the largest vector of a field 1.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { openFaceModels } from '@telltale/core';
import { findFace } from '@telltale/core/face';
import { averageInto, faceBox } from '@telltale/core/motion';
import { loadRuntime, readFaceModelFiles, readImage } from '@telltale/node';

import { ACTIONS, actionField } from '../packages/core/dist/synth/actions.js';
import { MUSCLES } from '../packages/core/dist/synth/muscles.js';

const SIZE = 56;
const demo = join(
  dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')),
  'demo',
);
const face = await openFaceModels(await loadRuntime(), await readFaceModelFiles(), { threads: 1 });
const pulls = [];
for (const name of ['sample3.jpg', 'sample5.jpg', 'sample6.jpg']) {
  const photo = await readImage(join(demo, name));
  const { points } = (await findFace(face, photo)).landmarks;
  const middle = (a, b) => ({
    x: (points[2 * a] + points[2 * b]) / 2,
    y: (points[2 * a + 1] + points[2 * b + 1]) / 2,
  });
  const eyes = { left: middle(33, 133), right: middle(362, 263) };
  const box = faceBox({ ...eyes, mouth: middle(13, 14) });
  for (const action of Object.values(ACTIONS))
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
await face.close();
process.stdout.write(JSON.stringify({ muscles: MUSCLES, pulls }));
