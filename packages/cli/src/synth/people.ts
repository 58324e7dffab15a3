/** @file The people of a made-up dataset: drawn, or photographs that differ a little each time they are used. */
import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';

import { TelltaleError } from '@telltale/core';
import { findFace } from '@telltale/core/face';
import { drawFace, varyPerson, type Person } from '@telltale/core/synth';
import { IMAGE_EXTENSIONS, openTools, readImage } from '@telltale/node';

/** Gives the person of a number; the same number gives the same person. */
export type People = (subject: number) => Person;

/** Photographs that are kept open; a folder of many is used for its first ones. */
const MOST_PHOTOS = 200;

/**
 * Whoever the seeds name, drawn when first asked for.
 *
 * @param interocular - distance between the pupils, pixels of the drawing
 */
export function drawnPeople(seed: number, interocular: number): People {
  return remembered((subject) => drawFace(seed * 7919 + subject, interocular));
}

/**
 * People from a folder of photographs, each with one face.
 *
 * @throws TelltaleError `FILE_MISSING` where there is none, `FACE_NOT_FOUND` naming the photograph
 */
export async function photographedPeople(
  folder: string,
  seed: number,
  signal: AbortSignal,
): Promise<People> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw missing(`cannot read the folder ${folder}: ${(error as Error).message}`);
  });
  const photos = names
    .filter((name) => (IMAGE_EXTENSIONS as readonly string[]).includes(extname(name).toLowerCase()))
    .sort()
    .slice(0, MOST_PHOTOS);
  if (photos.length === 0) throw missing(`${folder} holds no photograph`);
  const tools = await openTools({ recognizer: false });
  try {
    const people: Person[] = [];
    for (const name of photos) {
      signal.throwIfAborted();
      const path = join(folder, name);
      const picture = await readImage(path);
      people.push({ picture, landmarks: (await faceIn(picture, path)).landmarks });
    }
    return remembered((subject) =>
      varyPerson(people[subject % people.length]!, seed * 7919 + subject),
    );
  } finally {
    await tools.close();
  }

  async function faceIn(
    picture: Person['picture'],
    path: string,
  ): Promise<Awaited<ReturnType<typeof findFace>>> {
    try {
      return await findFace(tools.face, picture);
    } catch (error) {
      if (!(error instanceof TelltaleError) || error.code !== 'FACE_NOT_FOUND') throw error;
      throw new TelltaleError(
        'FACE_NOT_FOUND',
        `${path}: ${error.message}`,
        'Take the photograph out of the folder, or put one there that shows a face from the front.',
        { cause: error },
      );
    }
  }
}

/** Keeps the last person: films are made person by person. */
function remembered(make: People): People {
  let last: { readonly subject: number; readonly person: Person } | undefined;
  return (subject) => {
    if (last?.subject !== subject) last = { subject, person: make(subject) };
    return last.person;
  };
}

function missing(message: string): TelltaleError {
  return new TelltaleError(
    'FILE_MISSING',
    message,
    'Give a folder with photographs of faces with --faces, or leave it out to have faces drawn.',
  );
}
