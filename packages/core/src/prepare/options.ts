/**
 * @file What is prepared of a clip, which of its frames that takes, and what the key under which it is kept is made of.
 *
 * A key is a hash of everything that the result depends on: the content of the frames, the annotated moments, the
 * options, the face models, and the code. What is kept under another key is never used.
 */
import { ALPHA, WARM_UP } from '../expression/magnified.ts';
import { TelltaleError } from '../base/errors.ts';
import { LIKE_OPENCV } from '../motion/tvl1-options.ts';

/** Face planes that may accompany the flow image. */
export type FacePlane = 'apex' | 'onset' | 'magnified';

/** All of them, in the order of the sheet's columns. */
export const facePlanes: readonly FacePlane[] = ['apex', 'onset', 'magnified'];

/** Options of {@link resolvePreparation}. */
export interface PrepareOptions {
  /** Sides of the images, pixels. @defaultValue [28] */
  readonly sizes?: readonly number[];
  /** Face planes beside the flow image, which is always computed. @defaultValue apex and onset */
  readonly planes?: readonly FacePlane[];
  /** α of the magnified apex. @defaultValue 10 */
  readonly alpha?: number;
}

/** All that determines what is made of a clip, but the clip. */
export interface Preparation {
  /** Sides of the images, pixels, without duplicates. */
  readonly sizes: readonly number[];
  /** Face planes beside the flow image, in the order of the sheet. */
  readonly planes: readonly FacePlane[];
  /** Absent where nothing is magnified. */
  readonly alpha?: number;
}

/** Smallest and largest side of an image: the flow is computed at 224. */
const SIDES = { least: 8, most: 224 };

/**
 * The options with their defaults, planes and sizes in one order.
 *
 * @throws TelltaleError `OPTION_INVALID`
 */
export function resolvePreparation(options: PrepareOptions = {}): Preparation {
  const { sizes = [28], planes = ['apex', 'onset'], alpha = ALPHA } = options;
  const wrong = sizes.find(
    (size) => !Number.isInteger(size) || size < SIDES.least || size > SIDES.most,
  );
  if (wrong !== undefined || sizes.length === 0) {
    throw new TelltaleError(
      'OPTION_INVALID',
      wrong === undefined ? 'no size is given' : `images of ${wrong} pixels are not supported`,
      `Give sides from ${SIDES.least} to ${SIDES.most} pixels, such as 28 or 28,112.`,
    );
  }
  if (!(alpha > 0 && alpha <= 100)) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `alpha is ${alpha}`,
      'Give a number above 0, at most 100; 10 is usual.',
    );
  }
  const chosen = facePlanes.filter((plane) => planes.includes(plane));
  return {
    sizes: [...new Set(sizes)],
    planes: chosen,
    ...(chosen.includes('magnified') && { alpha }),
  };
}

/** An annotated expression, in frame numbers as they appear in the file names. */
export interface ExpressionSpan {
  /** Number of the onset frame. */
  readonly onset: number;
  /** Number of the apex frame; undefined where it is not annotated. */
  readonly apex?: number | undefined;
  /** Number of the offset frame. */
  readonly offset: number;
  /** Frame rate of the recording. */
  readonly framesPerSecond: number;
}

/**
 * The apex to go by: one that lies behind the onset. Where the annotation gives none, or the onset itself, it is to
 * be found.
 */
export function givenApex({ onset, apex }: ExpressionSpan): number | undefined {
  return apex !== undefined && apex > onset ? apex : undefined;
}

/**
 * The frames that preparing looks at, ascending; of a stretch that is looked at as a whole those that exist.
 *
 * @param numbers - frames that there are, ascending
 * @throws TelltaleError `DATASET_FILE_MISSING` where the onset, the given apex or everything behind the onset is not
 *   there, `DATASET_INVALID` where the offset does not lie behind the onset
 */
export function neededFrames(
  span: ExpressionSpan,
  numbers: readonly number[],
  { planes }: Pick<Preparation, 'planes'>,
): number[] {
  const { onset, offset, framesPerSecond } = span;
  const apex = givenApex(span);
  if (!(offset > onset)) {
    throw new TelltaleError(
      'DATASET_INVALID',
      `the expression ends with frame ${offset} and begins with frame ${onset}`,
      'Correct the annotation: an expression lasts more than one frame.',
    );
  }
  const there = new Set(numbers);
  const missing = [onset, ...(apex === undefined ? [] : [apex])].filter((one) => !there.has(one));
  const between = numbers.filter((number) => number > onset && number <= offset);
  if (missing.length > 0 || between.length === 0) {
    const what =
      missing.length > 0 ? missing.map((number) => `frame ${number}`).join(' and ') : 'any frame';
    throw new TelltaleError(
      'DATASET_FILE_MISSING',
      `there is no image of ${what}${missing.length > 0 ? '' : ` from ${onset + 1} to ${offset}`}` +
        (numbers.length > 0
          ? `; there are ${numbers.length}, from ${numbers[0]!} to ${numbers.at(-1)!}`
          : ''),
      'Unpack the dataset again, or correct the annotation.',
    );
  }
  const before = planes.includes('magnified') ? Math.ceil(WARM_UP * framesPerSecond) : 0;
  const isWhole = apex === undefined || before > 0;
  if (!isWhole) return [onset, apex];
  const last = apex ?? offset;
  return numbers.filter((number) => number >= onset - before && number <= last);
}

/** A frame, as far as what is made of it goes. */
export interface FrameContent {
  /** Number of the frame, as in its file name. */
  readonly number: number;
  /** SHA-256 of its file, hexadecimal. */
  readonly sha256: string;
}

/** What one clip's images of one size depend on. */
export interface ClipMaking extends Omit<Preparation, 'sizes'> {
  /** Side of the images, pixels. */
  readonly size: number;
  /** Digests of the files of the face models. */
  readonly models: readonly string[];
}

/** Plain JSON. */
export interface ClipIdentity {
  /** Digests of everything that is read. */
  readonly content: Readonly<Record<string, unknown>>;
  /** Everything that was chosen. */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Everything but the code that the images made from one clip depend on: the parts of its key.
 *
 * @param frames - those that preparing looks at, ascending
 */
export function clipIdentity(
  span: ExpressionSpan,
  frames: readonly FrameContent[],
  { planes, alpha, size, models }: ClipMaking,
): ClipIdentity {
  const { onset, offset, framesPerSecond } = span;
  const apex = givenApex(span) ?? null;
  // With a given apex and nothing to magnify, neither the offset nor the frame rate matters.
  const isWhole = apex === null || alpha !== undefined;
  return {
    content: {
      span: isWhole ? [onset, apex, offset, framesPerSecond] : [onset, apex],
      frames: frames.map(({ number, sha256 }) => [number, sha256]),
    },
    options: { flow: LIKE_OPENCV, models, planes, alpha: alpha ?? null, size },
  };
}
