/**
 * @file Which pictures feed a network: what its planes ask for, and what a dataset or a clip has.
 *
 * A network that was trained without faces, its face plane showing the
 * magnitude of the flow, must not get faces in use, nor the other way round. So
 * weights carry the names of the pictures that they were trained on.
 */
import { TelltaleError } from '../base/errors.ts';
import type { FaceImages, InputImages, InputPlane } from './input.ts';

/** A kind of picture. */
export type ImageName = keyof InputImages;

const FACES = ['apex', 'onset', 'magnified'] as const;

/** What is looked at of a sample: which faces it has. */
interface WithFaces {
  readonly id: string;
  readonly faces?: { readonly [name in keyof FaceImages]?: unknown };
}

/** The face pictures that planes ask for. */
export function facesWanted(planes: readonly InputPlane[]): readonly (keyof FaceImages)[] {
  const difference = planes.includes('difference');
  const later = planes.includes('magnified') ? 'magnified' : 'apex';
  return FACES.filter(
    (name) => planes.includes(name) || (difference && (name === 'onset' || name === later)),
  );
}

/**
 * The pictures that feed a network with these samples.
 *
 * Without apex pictures the plane `apex` shows the magnitude of the flow, and
 * `apex` is not among them.
 *
 * @throws TelltaleError `DATASET_INVALID` where only some samples have a face that is wanted, or
 *   none has one that nothing stands in for
 */
export function picturesUsed(
  planes: readonly InputPlane[],
  samples: readonly WithFaces[],
): readonly ImageName[] {
  const used: ImageName[] = ['flow'];
  for (const name of facesWanted(planes)) {
    const without = samples.filter(({ faces }) => faces?.[name] === undefined);
    if (without.length === 0) used.push(name);
    else if (without.length < samples.length) {
      throw new TelltaleError(
        'DATASET_INVALID',
        `${without.length} of ${samples.length} samples have no ${name} picture, the first is ${without[0]!.id}`,
        'Give every sample one, or none: whether a face is there must not tell samples apart.',
      );
    } else if (name !== 'apex' || planes.includes('difference')) {
      throw new TelltaleError(
        'DATASET_INVALID',
        `the network looks at ${planes.join(', ')}, and no sample has a picture "${name}"`,
        `Give samples.csv a column "${name}", or choose a configuration that takes flow alone.`,
      );
    }
  }
  return used;
}

/** Whether the plane of the apex face shows the magnitude of the flow instead. */
export function standsIn(planes: readonly InputPlane[], used: readonly ImageName[]): boolean {
  return planes.includes('apex') && !used.includes('apex');
}

/** Only the pictures of these names. */
export function pickPictures(pictures: InputImages, names: readonly ImageName[]): InputImages {
  const faces = FACES.flatMap((name) => {
    const picture = pictures[name];
    return picture !== undefined && names.includes(name) ? [[name, picture] as const] : [];
  });
  return { flow: pictures.flow, ...Object.fromEntries(faces) };
}
