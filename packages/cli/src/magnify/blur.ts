/** @file Hides the faces in a magnified clip, once it is magnified. */
import { findSubjects, TelltaleError } from '@telltale/core';
import type { Clip, Frame, Subjects } from '@telltale/core';
import { hideFaces } from '@telltale/core/face';
import { openTools } from '@telltale/node';

import { countOf } from '../terminal.ts';
import type { Progress } from '../terminal.ts';

/**
 * Finds the faces that are to be hidden.
 *
 * @throws TelltaleError `FACE_NOT_FOUND` where there is none: nothing could be hidden
 */
export async function findHidden(
  clip: Clip,
  { signal, progress }: { readonly signal: AbortSignal; readonly progress: Progress },
): Promise<Subjects> {
  const tools = await openTools({ recognizer: false });
  try {
    return await findSubjects(clip, tools.face, {
      signal,
      onProgress: (_, done, total) => progress.update(`finding the face: frame ${countOf(done, total)}`), // prettier-ignore
    });
  } catch (error) {
    if (!(error instanceof TelltaleError) || error.code !== 'FACE_NOT_FOUND') throw error;
    throw new TelltaleError(
      'FACE_NOT_FOUND',
      `no face was found in ${clip.name}, so that --blur could hide none`,
      'Look whether the clip shows a face; without --blur it is magnified as it is.',
      { cause: error },
    );
  } finally {
    await tools.close();
  }
}

/** The frames with their faces hidden: where frames show the clip twice side by side, in both halves. */
export async function* blurred(
  frames: AsyncIterable<Frame>,
  subjects: Subjects,
  { width }: Clip,
): AsyncGenerator<Frame> {
  for await (const frame of frames) {
    const regions = subjects.regionsAt(frame.index);
    const places = Array.from({ length: Math.round(frame.width / width) }, (_, i) => i * width);
    const all = places.flatMap((left) => regions.map((region) => ({ ...region, x: region.x + left }))); // prettier-ignore
    yield { ...hideFaces(frame, all), index: frame.index, time: frame.time };
  }
}
