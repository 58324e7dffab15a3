/** @file Everyone in a clip as images, to choose whose face is analyzed: what `faces.jpg` of the command line shows. */
import { cropPlanes } from '@telltale/core/face';
import type { Clip, Subjects } from '@telltale/core';

import type { SeenSubject } from '../session/protocol.ts';
import { addressOf } from './images.ts';

/** Side of a face, pixels. */
const SIDE = 160;
/** Subjects that are shown, as on `faces.jpg`. */
const MOST = 40;

/** One image of each, from the middle of the time in which they are seen. Reads the clip once. */
export async function seenSubjects(clip: Clip, all: Subjects): Promise<SeenSubject[]> {
  const shown = all.subjects.slice(0, MOST).map(({ number, sightings }) => ({
    number,
    sighting: sightings[sightings.length >> 1]!,
    count: sightings.length,
  }));
  const most = Math.max(...shown.map(({ count }) => count));
  const seen: SeenSubject[] = [];
  for await (const frame of clip.frames()) {
    for (const { number, sighting, count } of shown) {
      if (sighting.frame !== frame.index) continue;
      const planes = cropPlanes(frame, sighting.region, { size: SIDE });
      const plane = SIDE * SIDE;
      const data = Uint8Array.from({ length: 3 * plane }, (_, i) =>
        Math.round(planes[(i % 3) * plane + Math.floor(i / 3)]!),
      );
      const image = await addressOf({ data, width: SIDE, height: SIDE, channels: 3 }, 'image/jpeg');
      seen.push({ number, image, share: count / most });
    }
    if (seen.length === shown.length) break;
  }
  return seen.sort((a, b) => a.number - b.number);
}
