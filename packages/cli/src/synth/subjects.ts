/** @file The subjects of a synthetic dataset: drawn, or photographs that are varied a little for each subject. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { isImageName, TelltaleError } from '@telltale/core';
import { findFace } from '@telltale/core/face';
import { drawFace, varySubject, type SyntheticSubject } from '@telltale/core/synth';
import { openTools, readImage } from '@telltale/node';

/** Returns the face of a subject; the same number always gives the same face. */
export type Subjects = (subject: number) => SyntheticSubject;

/** Photographs that are kept in memory; of a larger folder, the first ones are used. */
const MOST_PHOTOS = 200;

/**
 * Subjects with drawn faces.
 *
 * @param interocular - distance between the pupils, pixels
 */
export function drawnSubjects(seed: number, interocular: number): Subjects {
  return remembered((subject) => drawFace(seed * 7919 + subject, interocular));
}

/**
 * Subjects from a folder of photographs with one face each.
 *
 * @throws TelltaleError `FILE_MISSING` where there is none, `FACE_NOT_FOUND` naming the photograph
 */
export async function photographedSubjects(
  folder: string,
  seed: number,
  signal: AbortSignal,
): Promise<Subjects> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw missing(`cannot read the folder ${folder}: ${(error as Error).message}`);
  });
  const photos = names.filter(isImageName).sort().slice(0, MOST_PHOTOS);
  if (photos.length === 0) throw missing(`${folder} contains no photograph`);
  const tools = await openTools({ recognizer: false });
  try {
    const faces: SyntheticSubject[] = [];
    for (const name of photos) {
      signal.throwIfAborted();
      const path = join(folder, name);
      const image = await readImage(path);
      faces.push({ image, landmarks: (await faceIn(image, path)).landmarks });
    }
    return remembered((subject) =>
      varySubject(faces[subject % faces.length]!, seed * 7919 + subject),
    );
  } finally {
    await tools.close();
  }

  async function faceIn(
    image: SyntheticSubject['image'],
    path: string,
  ): Promise<Awaited<ReturnType<typeof findFace>>> {
    try {
      return await findFace(tools.face, image);
    } catch (error) {
      if (!(error instanceof TelltaleError) || error.code !== 'FACE_NOT_FOUND') throw error;
      throw new TelltaleError(
        'FACE_NOT_FOUND',
        `${path}: ${error.message}`,
        'Remove the photograph from the folder, or replace it by one that shows a face from the front.',
        { cause: error },
      );
    }
  }
}

/** Keeps the last face: films are synthesized subject by subject. */
function remembered(make: Subjects): Subjects {
  let last: { readonly subject: number; readonly face: SyntheticSubject } | undefined;
  return (subject) => {
    if (last?.subject !== subject) last = { subject, face: make(subject) };
    return last.face;
  };
}

function missing(message: string): TelltaleError {
  return new TelltaleError(
    'FILE_MISSING',
    message,
    'Give a folder of photographs of faces with --faces, or omit it to draw faces.',
  );
}
