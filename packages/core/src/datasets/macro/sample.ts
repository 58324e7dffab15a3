/** @file What a reader of strong expressions gives: one labeled face, and where it lies. */

/** Gray pixels that stand in a sheet and not in a file of their own. */
export interface SheetPicture {
  /** Row-major; shape `[side, side]`. */
  readonly gray: Uint8Array;
  /** Pixels. */
  readonly side: number;
}

/** A part of a picture, pixels. */
export interface PictureBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** One labeled face. */
export interface MacroSample {
  /** Unique within its dataset: the picture's path, or the sheet's name and row. */
  readonly id: string;
  /** As the dataset means it, in lower case: `happiness` or `happy`. */
  readonly label: string;
  /** Path of the picture relative to the folder, `/` between its parts; or the picture. */
  readonly picture: string | SheetPicture;
  /** Where in the picture the face is; absent where it fills the picture. */
  readonly box?: PictureBox;
  /** Path of a picture of the same person without expression, where the dataset has one. */
  readonly neutral?: string;
  /** The person; absent where the dataset does not tell. */
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
  /** As people call it. */
  readonly name: string;
  /** What the folder must hold, as a hint says it. */
  readonly layout: string;
  /** Which files must be read as text (one byte, one character) before {@link MacroReader.read}. */
  sheets(paths: readonly string[]): string[];
  /**
   * The samples, in the order of paths or rows.
   *
   * @param where - tag and folder, as messages say them
   * @throws TelltaleError `DATASET_INVALID`
   */
  read(listing: MacroListing, where: string): MacroSample[];
}

/** Whether a path names a picture that can be decoded. */
export function isPicturePath(path: string): boolean {
  return /\.(jpe?g|png|bmp|tiff?)$/i.test(path) && !/(^|\/)\.[^/]*$/.test(path);
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
