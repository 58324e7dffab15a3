/** @file What a reader of strong expressions gives: one labeled face, and where it lies. */
import { isImageName } from '../../base/image-names.ts';

/** Gray pixels from a sheet instead of a file. */
export interface SheetImage {
  /** Row-major; shape `[side, side]`. */
  readonly gray: Uint8Array;
  /** Pixels. */
  readonly side: number;
}

/** A part of an image, pixels. */
export interface ImageBox {
  /** Left edge, from 0. */
  readonly left: number;
  /** Upper edge, from 0. */
  readonly top: number;
  /** Extent to the right. */
  readonly width: number;
  /** Extent downward. */
  readonly height: number;
}

/** One labeled face. */
export interface MacroSample {
  /** Unique within its dataset: the image's path, or the sheet's name and row. */
  readonly id: string;
  /** As the dataset means it, in lower case: `happiness` or `happy`. */
  readonly label: string;
  /** Path of the image relative to the folder, `/` between its parts; or its pixels. */
  readonly image: string | SheetImage;
  /** Bounding box of the face; absent where the face fills the image. */
  readonly box?: ImageBox;
  /** Path of a neutral image of the same subject, where the dataset has one. */
  readonly neutral?: string;
  /** The subject; absent where the dataset does not name it. */
  readonly subject?: string;
  /** The dataset's own parts; absent where it has none. */
  readonly part?: 'train' | 'validation';
}

/** The names of a folder's files, and the texts of some. */
export interface MacroListing {
  /** Paths of all files relative to the folder, `/` between their parts, in alphabetical order; a folder that holds nothing ends in `/`. */
  readonly paths: readonly string[];
  /** Texts of the files that the reader's `sheets` named, by path. */
  readonly texts: ReadonlyMap<string, string>;
}

/** How one dataset of expressions is read. */
export interface MacroReader {
  /** Usual name. */
  readonly name: string;
  /** Required content of the folder, for hints. */
  readonly layout: string;
  /** Which files must be read as text (one byte, one character) before {@link MacroReader.read}. */
  sheets(paths: readonly string[]): string[];
  /**
   * The samples, in the order of paths or rows.
   *
   * @param where - tag and folder, for messages
   * @throws TelltaleError `DATASET_INVALID`
   */
  read(listing: MacroListing, where: string): MacroSample[];
}

/** Whether a path names an image that can be decoded. */
export function isImagePath(path: string): boolean {
  return isImageName(path) && !/(^|\/)\.[^/]*$/.test(path);
}

/** The seven expressions that most of these datasets have, by the names they go under. */
export function expressionName(word: string): string | undefined {
  const names: Readonly<Record<string, string>> = {
    an: 'anger',
    angry: 'anger',
    anger: 'anger',
    di: 'disgust',
    disgust: 'disgust',
    disgusted: 'disgust',
    fe: 'fear',
    af: 'fear',
    fear: 'fear',
    afraid: 'fear',
    fearful: 'fear',
    ha: 'happiness',
    happy: 'happiness',
    happiness: 'happiness',
    ne: 'neutral',
    neutral: 'neutral',
    sa: 'sadness',
    sad: 'sadness',
    sadness: 'sadness',
    su: 'surprise',
    surprise: 'surprise',
    surprised: 'surprise',
    contempt: 'contempt',
  };
  const key = word.toLowerCase();
  return Object.hasOwn(names, key) ? names[key] : undefined;
}
