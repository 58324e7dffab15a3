/**
 * @file Prepares one annotated clip for training: cut, flow and box are those of `expression/`, as in the analysis.
 */
import { TelltaleError } from '../base/errors.ts';
import { grayOf, type RgbImage, type Plane } from '../base/image.ts';
import { throwIfCanceled, type Cancellation } from '../base/pause.ts';
import { landmarksInCrop } from '../face/align.ts';
import { cropGray } from '../face/crop.ts';
import { findFace } from '../face/find.ts';
import type { Framing } from '../face/framing.ts';
import type { FaceRegion } from '../face/landmarks.ts';
import { interocularDistance } from '../face/regions.ts';
import { findLandmarks, LEAST_PRESENCE, regionOfLandmarks } from '../face/mesh.ts';
import type { FaceModels } from '../face/models.ts';
import { magnifiedApex } from '../magnify/index.ts';
import {
  averageInto,
  rangedFlowImage,
  type Box,
  type RangedFlowImage,
} from '../motion/flow-image.ts';
import type { Tvl1 } from '../motion/tvl1.ts';
import { alignApex, hasMoved } from '../expression/align.ts';
import { FACE_CROP_SIZE, cropFace, cropRegion, type LocatedFace } from '../expression/crop.ts';
import { boxOfLandmarks, expressionFlow } from '../expression/flow.ts';
import { findApex } from '../spot/apex.ts';
import { MOTION_SIZE, motionRegion } from '../spot/crop.ts';
import { WARM_UP } from '../expression/magnified.ts';
import { givenApex, neededFrames } from './options.ts';
import type { FacePlane, Preparation, ExpressionSpan } from './options.ts';

/** The frames of a clip, read one at a time. */
export interface ClipFrames {
  /** Numbers of the frames that there are, ascending. */
  readonly numbers: readonly number[];
  /** Decodes one of them; RGB. */
  readonly read: (number: number) => Promise<RgbImage>;
}

/** What prepares. */
export interface PrepareTools {
  /** From `openFaceModels`. */
  readonly face: FaceModels;
  /** From `createTvl1`. */
  readonly tvl1: Tvl1;
  /** Stops the work. */
  readonly signal?: Cancellation;
}

/** Images of one size. */
export interface PreparedImages {
  /** R = u, G = v, B = strain; shape `[size, size]`. */
  readonly flow: RgbImage;
  /** What 0 and 255 of its channels stand for: the amplitude, which the bytes have lost. */
  readonly ranges: FlowRanges;
  /** In shades of gray, 0 to 255; shape `[size, size]`. */
  readonly faces: Readonly<Partial<Record<FacePlane, Plane>>>;
}

/**
 * Least and most of u, v and strain: u and v in percent of the interocular distance, to the right and down positive;
 * strain in percent.
 */
export type FlowRanges = readonly [
  ...[uLeast: number, uMost: number],
  ...[vLeast: number, vMost: number],
  ...[strainLeast: number, strainMost: number],
];

/** What a clip became. */
export interface PreparedClip {
  /** Number of the apex frame. */
  readonly apex: number;
  /** Whether the apex was found and not given. */
  readonly isFound: boolean;
  /** Whether the head moved by more than 4 pixels of the cut from onset to apex; its motion is not part of the flow. */
  readonly headMoved: boolean;
  /** What the detector was shown when it found the face at the onset. */
  readonly framing: Framing;
  /** By side, pixels. */
  readonly images: ReadonlyMap<number, PreparedImages>;
}

/**
 * Prepares a clip. Never more than the frames of one clip's beginning are held at a time.
 *
 * @throws TelltaleError `FACE_NOT_FOUND`, `FRAMES_SIZE_CHANGED`, `DATASET_FILE_MISSING` and `DATASET_INVALID` (see
 *   `neededFrames`), `CANCELED`, and what reading a frame throws
 */
export async function prepareClip(
  frames: ClipFrames,
  span: ExpressionSpan,
  { options, tools }: { readonly options: Preparation; readonly tools: PrepareTools },
): Promise<PreparedClip> {
  const needed = neededFrames(span, frames.numbers, options);
  const onset = await frames.read(span.onset);
  const face = await findFace(tools.face, onset);
  const read = async (number: number): Promise<RgbImage> => {
    throwIfCanceled(tools.signal);
    const image = await frames.read(number);
    assertSameSize(onset, image, number);
    return image;
  };
  const given = givenApex(span);
  const apex = given ?? (await searchApex({ onset, face, read }, needed, { span, tools }));

  const later = await read(apex);
  const own = await regionAt(tools.face, later, face.region);
  const from = cropFace(onset, face);
  const to = alignApex(from, { frame: later, face: own }, tools.tvl1);
  const { flow } = expressionFlow(from, to, tools.tvl1);
  const box = boxOfLandmarks(from.landmarks);
  const planes = {
    onset: () => Promise.resolve(grayOf(from.image)),
    apex: () => Promise.resolve(grayOf(to.image)),
    magnified: () => magnify({ face, read }, needed, { ...span, apex, alpha: options.alpha! }),
  };
  const faces: [FacePlane, Plane][] = [];
  for (const plane of options.planes) faces.push([plane, await planes[plane]()]);
  return {
    apex,
    isFound: given === undefined,
    headMoved: hasMoved(from.region, to.region),
    framing: face.framing,
    images: new Map(
      options.sizes.map((size) => [
        size,
        {
          ...withAmplitude(rangedFlowImage(flow, box, size), interocularDistance(from.landmarks)),
          faces: facesOf(faces, box, size),
        },
      ]),
    ),
  };
}

/** A flow image, and its ranges in units that do not depend on the size of the face. */
function withAmplitude(
  { image, ranges }: RangedFlowImage,
  interocular: number,
): Pick<PreparedImages, 'flow' | 'ranges'> {
  const [u, v, strain] = ranges;
  const percent = (value: number, of: number): number => Number(((100 * value) / of).toFixed(4));
  const [uLeast, uMost, vLeast, vMost] = [...u, ...v].map((value) => percent(value, interocular));
  const [strainLeast, strainMost] = strain.map((value) => percent(value, 1));
  return {
    flow: image,
    ranges: [uLeast!, uMost!, vLeast!, vMost!, strainLeast!, strainMost!],
  };
}

/** The face around a region of an image, its region refined once by its own landmarks. */
async function regionAt(
  models: FaceModels,
  image: RgbImage,
  region: FaceRegion,
): Promise<LocatedFace | undefined> {
  const first = await findLandmarks(models, image, region);
  if (first.presence < LEAST_PRESENCE) return undefined;
  const refined = regionOfLandmarks(first);
  const landmarks = await findLandmarks(models, image, refined);
  return landmarks.presence < LEAST_PRESENCE ? undefined : { region: refined, landmarks };
}

/** A clip whose face is known. */
interface OpenedClip {
  readonly face: LocatedFace;
  readonly read: (number: number) => Promise<RgbImage>;
}

async function searchApex(
  { onset, face, read }: OpenedClip & { readonly onset: RgbImage },
  needed: readonly number[],
  { span, tools }: { readonly span: ExpressionSpan; readonly tools: PrepareTools },
): Promise<number> {
  const numbers = needed.filter((number) => number >= span.onset);
  const part = motionRegion(face.region);
  const cut = (image: RgbImage): Plane => cropGray(image, part, { size: MOTION_SIZE });
  const { frame } = await findApex(
    {
      frames: numbers.length,
      onset: cut(onset),
      landmarks: landmarksInCrop(face.landmarks, part, MOTION_SIZE),
      read: async (index) => cut(await read(numbers[index]!)),
    },
    tools.tvl1,
  );
  return numbers[frame]!;
}

/** The magnified apex, every frame cut out by the transform of the onset. A missing frame is the one before it. */
async function magnify(
  { face, read }: OpenedClip,
  needed: readonly number[],
  span: ExpressionSpan & { readonly apex: number; readonly alpha: number },
): Promise<Plane> {
  const { onset, apex, framesPerSecond, alpha } = span;
  const part = cropRegion(face.region);
  const planes: Plane[] = [];
  const first = needed[0]!;
  const there = new Set(needed);
  for (let number = first; number <= apex; number++) {
    planes.push(
      there.has(number)
        ? cropGray(await read(number), part, { size: FACE_CROP_SIZE })
        : planes.at(-1)!,
    );
  }
  return magnifiedApex(
    planes,
    { onset: onset - first, apex: apex - first, framesPerSecond },
    { alpha, warmUp: WARM_UP },
  );
}

function facesOf(
  faces: readonly (readonly [FacePlane, Plane])[],
  box: Box,
  size: number,
): PreparedImages['faces'] {
  return Object.fromEntries(faces.map(([name, plane]) => [name, averageInto(plane, box, size)]));
}

function assertSameSize(onset: RgbImage, image: RgbImage, number: number): void {
  if (image.width === onset.width && image.height === onset.height) return;
  throw new TelltaleError(
    'FRAMES_SIZE_CHANGED',
    `frame ${number} has ${image.width} × ${image.height} pixels, the onset ${onset.width} × ${onset.height}`,
    'Take all frames of a clip from one source, all of one size.',
  );
}
