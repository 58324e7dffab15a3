/**
 * @file The images that a network takes: those its planes need and a dataset or a clip has.
 *
 * A network that was trained without faces, its face plane showing the
 * magnitude of the flow, must not get faces in use, nor the other way round. So
 * weights store the names of the images that they were trained on.
 */
import { TelltaleError } from '../base/errors.ts';
import type { FaceImages, InputImages, InputPlane } from './input.ts';

/** A kind of image. */
export type ImageName = keyof InputImages;

const FACES = ['apex', 'onset', 'magnified'] as const;

/** What is looked at of a sample: which faces it has. */
interface WithFaces {
  readonly id: string;
  readonly faces?: { readonly [name in keyof FaceImages]?: unknown };
}

/** The face crops that planes need. */
export function facesWanted(planes: readonly InputPlane[]): readonly (keyof FaceImages)[] {
  const difference = planes.includes('difference');
  const later = planes.includes('magnified') ? 'magnified' : 'apex';
  return FACES.filter(
    (name) => planes.includes(name) || (difference && (name === 'onset' || name === later)),
  );
}

/**
 * The images that a network takes from these samples.
 *
 * Without apex crops the plane `apex` shows the magnitude of the flow, and
 * `apex` is not among them.
 *
 * @throws TelltaleError `DATASET_INVALID` where only some samples have a face that is wanted, or
 *   none has one that nothing stands in for
 */
export function imagesUsed(
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
        `${without.length} of ${samples.length} samples have no ${name} crop, the first is ${without[0]!.id}`,
        'Give every sample one, or none: whether a face is there must not distinguish samples.',
      );
    } else if (name !== 'apex' || planes.includes('difference')) {
      throw new TelltaleError(
        'DATASET_INVALID',
        `the network takes the planes ${planes.join(', ')}, and no sample has a crop "${name}"`,
        `Give samples.csv a column "${name}", or choose a configuration that takes flow alone.`,
      );
    }
  }
  return used;
}

/**
 * α of the magnified faces of samples that a network takes; undefined where it takes none, or it is not known.
 *
 * @throws TelltaleError `DATASET_INVALID` where samples differ in it
 */
export function alphaUsed(
  used: readonly ImageName[],
  samples: readonly { readonly id: string; readonly alpha?: number }[],
): number | undefined {
  const [first] = samples;
  if (!used.includes('magnified') || first === undefined) return undefined;
  const other = samples.find(({ alpha }) => alpha !== first.alpha);
  if (other === undefined) return first.alpha;
  throw new TelltaleError(
    'DATASET_INVALID',
    `faces are magnified by ${first.alpha ?? 'an unknown factor'} in ${first.id} and by ${other.alpha ?? 'an unknown factor'} in ${other.id}`,
    'Prepare all datasets with the same --alpha: how strong a movement looks must not distinguish samples.',
  );
}

/** Whether the plane of the apex face shows the magnitude of the flow instead. */
export function standsIn(planes: readonly InputPlane[], used: readonly ImageName[]): boolean {
  return planes.includes('apex') && !used.includes('apex');
}

/** Only the images of these names. */
export function pickImages(images: InputImages, names: readonly ImageName[]): InputImages {
  const faces = FACES.flatMap((name) => {
    const image = images[name];
    return image !== undefined && names.includes(name) ? [[name, image] as const] : [];
  });
  return { flow: images.flow, ...Object.fromEntries(faces) };
}
