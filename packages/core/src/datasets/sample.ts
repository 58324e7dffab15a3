/** @file What every dataset is turned into: one row per annotated micro-expression. */

/**
 * The three classes that the composite protocol shares.
 *
 * @see See, Yap, Li, Hong and Wang 2019, "MEGC 2019: The Second Facial Micro-Expressions Grand Challenge", IEEE FG
 */
export const EMOTIONS_3 = ['negative', 'positive', 'surprise'] as const;

/** One annotated micro-expression. */
export interface Sample {
  /** `CASME II/sub01/EP02_01f`: unique over all datasets. */
  readonly id: string;
  /** As the sheet spells it: `CASME II`. */
  readonly dataset: string;
  /** Unique over all datasets: `CASME II/sub01`. Folds are cut along this. */
  readonly subject: string;
  /** As the sheet spells it: `EP02_01f`. */
  readonly clip: string;
  /** The label; absent where the sheet gives none. */
  readonly emotion?: string;
  /** Path of the flow image relative to the dataset's folder, `/` between its parts. */
  readonly file: string;
  /** Paths of face crops, in the box and size of the flow image; absent where there are none. */
  readonly faces?: {
    /** The face at the frame of strongest movement. */
    readonly apex?: string;
    /** The face at the first frame. */
    readonly onset?: string;
    /** The apex with its movement magnified. */
    readonly magnified?: string;
  };
  /** α of the magnified face; absent where the sheet does not give it. */
  readonly alpha?: number;
  /** What else the annotation has; absent where the sheet has none of it. */
  readonly annotation?: SampleAnnotation;
}

/** What an annotation has beside the emotion. Members are absent where the sheet does not give them. */
export interface SampleAnnotation {
  /** The finest emotion that the dataset gives: `repression`, where {@link Sample.emotion} may be `negative`. */
  readonly fineEmotion?: string;
  /** `micro` or `macro`. */
  readonly kind?: string;
  /** Class I to VII by action units (Davison et al. 2018). */
  readonly objectiveClass?: string;
  /** The cell of action units as the sheet of the dataset has it. */
  readonly actionUnitsCell?: string;
  /** Units that are certain, with sides: `4`, `L14`. */
  readonly actionUnits?: readonly string[];
  /** Units that are not certain. */
  readonly uncertainUnits?: readonly string[];
  /** Parts of the cell that are not of the notation. */
  readonly unknownUnits?: readonly string[];
  /** Intensity by unit: `A` to `E`, or the two that it is between (`BC`). */
  readonly intensities?: Readonly<Record<string, string>>;
  /** Units that are marked as stronger on one side. */
  readonly asymmetricUnits?: readonly string[];
  /** Frame numbers, as in the file names of the frames. */
  readonly onset?: number;
  /** Number of the apex frame. */
  readonly apex?: number;
  /** Whether the apex was annotated or found. */
  readonly apexSource?: 'given' | 'found';
  /** Number of the last frame. */
  readonly offset?: number;
  /** Frame rate of the camera, hertz. */
  readonly framesPerSecond?: number;
}

/**
 * The classes that occur, in alphabetical order (which is the order of {@link EMOTIONS_3} too).
 *
 * Samples without an emotion count for nothing.
 */
export function classesOf(samples: readonly Sample[]): string[] {
  const found = new Set<string>();
  for (const { emotion } of samples) if (emotion !== undefined) found.add(emotion);
  return [...found].sort();
}
