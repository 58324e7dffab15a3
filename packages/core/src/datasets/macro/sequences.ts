/**
 * @file CK+ and Oulu-CASIA: sequences from a neutral face to the peak of an expression.
 *
 * The last three frames are the peak, the first is the subject's neutral face.
 *
 * CK+: Lucey, Cohn, Kanade, Saragih, Ambadar and Matthews 2010, "The Extended Cohn-Kanade Dataset",
 * CVPR Workshops. Oulu-CASIA: Zhao, Huang, Taini, Li and Pietikäinen 2011, "Facial expression
 * recognition from near-infrared videos", Image and Vision Computing 29.
 */
import { TelltaleError } from '../../base/errors.ts';
import { classFolders } from './classes.ts';
import { expressionName, isImagePath } from './sample.ts';
import type { MacroListing, MacroReader, MacroSample } from './sample.ts';

/** Frames at the end of a sequence that show the peak. */
const PEAK = 3;

/** The numbers of CK+'s emotion files. */
const CK_EMOTIONS = [
  'neutral',
  'anger',
  'contempt',
  'disgust',
  'fear',
  'happiness',
  'sadness',
  'surprise',
];

const CK_EMOTION = /(?:^|\/)(S\d+)_(\d+)_\d+_emotion\.txt$/i;
const CK_FRAME = /(?:^|\/)(S\d+)_(\d+)_\d+\.\w+$/i;

/** CK+, as published, or as the folders of peaks that are commonly distributed (CK+48). */
export const ckPlus: MacroReader = {
  name: 'CK+',
  layout:
    'cohn-kanade-images/S005/001/S005_001_00000001.png and Emotion/S005/001/S005_001_00000011_emotion.txt, or anger/S010_004_00000019.png',
  sheets: (paths) => paths.filter((path) => CK_EMOTION.test(path)),
  read(listing, where) {
    if (listing.texts.size > 0) return readCkPlus(listing, where);
    return classFolders(listing, where, {
      labelOf: expressionName,
      subjectOf: (file) => CK_FRAME.exec(file)?.[1]?.toUpperCase(),
    });
  },
};

function readCkPlus({ paths, texts }: MacroListing, where: string): MacroSample[] {
  const sequences = groupBy(paths.filter(isImagePath), (path) => {
    const [, subject, session] = CK_FRAME.exec(path) ?? [];
    return subject && `${subject.toUpperCase()}_${session!}`;
  });
  return [...texts].flatMap(([path, text]) => {
    const [, subject, session] = CK_EMOTION.exec(path)!;
    const label = CK_EMOTIONS[Number(text.trim())];
    if (label === undefined) {
      throw new TelltaleError(
        'DATASET_INVALID',
        `${path} of ${where} holds "${text.trim()}"`,
        'An emotion file of CK+ holds one number from 0 to 7.',
      );
    }
    const frames = sequences.get(`${subject!.toUpperCase()}_${session!}`);
    if (frames === undefined) {
      throw new TelltaleError(
        'DATASET_FILE_MISSING',
        `${path} of ${where} belongs to a sequence whose images are missing`,
        'Unpack cohn-kanade-images beside Emotion.',
      );
    }
    return sequence(frames, label, subject!.toUpperCase());
  });
}

const OULU_FRAME = /(?:^|\/)(?:(VL|NI)\/)?(?:(Strong|Weak|Dark)\/)?(P\d+)\/([A-Za-z]+)\/\d+\.\w+$/i;

/** Oulu-CASIA: visible light, and of its lights the strong one, where the folder has several. */
export const ouluCasia: MacroReader = {
  name: 'Oulu-CASIA',
  layout: 'VL/Strong/P001/Anger/000.jpeg, in any folder above',
  sheets: () => [],
  read({ paths }) {
    const frames = paths.filter((path) => {
      const [, camera = 'VL', light = 'Strong'] = isImagePath(path)
        ? (OULU_FRAME.exec(path) ?? [])
        : ['', ''];
      return (
        OULU_FRAME.test(path) && camera.toUpperCase() === 'VL' && light.toLowerCase() === 'strong'
      );
    });
    // The published archive holds the same frames as they are and cropped; one copy is enough.
    const cropped = frames.filter((path) => /preprocess/i.test(path));
    const kept = cropped.length > 0 ? cropped : frames;
    const sequences = groupBy(kept, (path) => path.split('/').slice(0, -1).join('/'));
    return [...sequences.values()].flatMap((found) => {
      const [, , , subject, emotion] = OULU_FRAME.exec(found[0]!)!;
      const label = expressionName(emotion!);
      return label === undefined ? [] : sequence(found, label, subject!.toUpperCase());
    });
  },
};

/** The peak frames of a sequence, each with its neutral first frame. */
function sequence(frames: readonly string[], label: string, subject: string): MacroSample[] {
  const [neutral] = frames as readonly [string];
  return frames.slice(Math.max(1, frames.length - PEAK)).map((path) => ({
    id: path,
    label,
    image: path,
    neutral,
    subject,
  }));
}

function groupBy(
  paths: readonly string[],
  keyOf: (path: string) => string | undefined,
): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const key = keyOf(path);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(path);
    else groups.set(key, [path]);
  }
  return groups;
}
