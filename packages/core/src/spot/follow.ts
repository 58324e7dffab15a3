/**
 * @file Follows the regions of a face through a clip, in constant memory.
 *
 * Each frame is compared by TV-L1 flow with a reference frame less than a second before it. A long
 * baseline measures a slow-rising movement where the flow between neighboring frames would drown in
 * noise; a reference that is renewed keeps the images alike. Displacements are added up across
 * references. The sum drifts, slowly: what is spotted later is the band above that drift.
 */
import type { Plane } from '../base/image.ts';
import { SAME_TIME } from '../base/same-time.ts';
import type { Landmarks } from '../face/landmarks.ts';
import { eyeAspectRatio, interocularDistance } from '../face/regions.ts';
import type { FlowFrom, Tvl1 } from '../motion/tvl1.ts';
import { FAST, type Tvl1Parameters } from '../motion/tvl1-options.ts';
import { faceDisplacements, type FaceDisplacements } from './displacement.ts';
import { illuminationRadius, normalizeIllumination } from './illumination.ts';
import { referenceQuality, sampleQuality } from './quality.ts';
import type { ReferenceQuality, SampleQuality, Turn } from './quality.ts';
import { REGIONS } from './regions.ts';
import { median } from './statistics.ts';

/** One measurement of the face. */
export interface MotionSample {
  /** Seconds from the first frame. */
  readonly time: number;
  /** Where each of the regions has gone since the stretch began: x and y in turn, pixels at an interocular distance of 100 pixels. */
  readonly displacement: Float64Array;
  /** How far the eyes are open: mean of both aspect ratios. */
  readonly opening: number;
  /** How far the lips have parted since the stretch began, negative where they were pressed: pixels at an interocular distance of 100 pixels. @defaultValue 0 */
  readonly lips?: number;
  /** How well the face can be measured. Absent in signals that were not measured of images. */
  readonly quality?: SampleQuality | undefined;
}

/** Frames without interruption in which one face was followed. */
export interface MotionStretch {
  /** In order of time. */
  readonly samples: readonly MotionSample[];
}

/** Options of {@link createFollower}. */
export interface FollowOptions {
  /** Age at which the reference is renewed, seconds. @defaultValue 0.8 */
  readonly renewal?: number;
  /** Parameters of the flow. @defaultValue the fast preset */
  readonly flow?: Tvl1Parameters;
}

/** A face cut out of a frame. */
export interface MotionFrame {
  /** Seconds from the first frame. */
  readonly time: number;
  /** Aligned like its neighbors in time, 0–255. */
  readonly image: Plane;
  /** Pixels of that image. */
  readonly landmarks: Landmarks;
  /** Turn of the head, where it is known. */
  readonly turn?: Turn | undefined;
}

/** Takes aligned faces in order of time and gives back what moved. */
export interface Follower {
  /** Measures the next face, in order of time. */
  add(crop: MotionFrame): void;
  /** The next face does not continue the one before. */
  cut(): void;
  /** Lets go of what was before a time, seconds. */
  forget(before: number): void;
  /** Everything so far. */
  stretches(): readonly MotionStretch[];
}

/**
 * A follower that may run elsewhere, in a thread of its own: what {@link measureMotion} needs of one. What it measures is
 * what {@link createFollower} measures.
 */
export interface MotionFollower {
  /** Takes the next face, in order of time. Resolves when it has room for one more, not when it has measured this one. */
  add(crop: MotionFrame): void | Promise<void>;
  /** The next face does not continue the one before. */
  cut(): void;
  /** Everything that was added, once all of it has been measured. */
  stretches(): readonly MotionStretch[] | Promise<readonly MotionStretch[]>;
}

/** A follower that holds something, such as a thread, until it is closed. */
export interface OpenedFollower extends MotionFollower {
  /** Frees it; what was not measured yet is dropped. Never rejects. */
  close(): void | Promise<void>;
}

/** Opens a follower for one clip. */
export type OpenFollower = () => OpenedFollower;

/**
 * What the faces after it are compared with. They are flattened with its radius: one of their own, which landmarks
 * that tremble round to one pixel more now and then, would make another image of the same face.
 */
interface Reference {
  /** Seconds. */
  readonly time: number;
  readonly landmarks: Landmarks;
  /** Without its light. */
  readonly flat: Plane;
  readonly flow: FlowFrom;
  /** Of the surroundings that brightness was measured against, pixels. */
  readonly radius: number;
  /** Where the regions and the lips are, against the start of the stretch. */
  readonly origin: FaceDisplacements;
  readonly quality: ReferenceQuality;
}

/**
 * Closed eyes look like nothing that comes before or after: no reference is taken below this part of the usual opening.
 * Eyes that stay open vary by 0.01 to 0.03 of it. Lids that are still opening at 0.85 of it, as reference, made open ones
 * look moved for the next second.
 */
const OPEN = 0.95;
/** Samples that the usual opening is taken from. */
const RECENT = 45;

const usualOpening = (samples: readonly MotionSample[]): number =>
  median(samples.slice(-RECENT).map((sample) => sample.opening));

/** Opens a follower; it keeps one reference image and a few numbers per sample. */
export function createFollower(
  flow: Tvl1,
  { renewal = 0.8, flow: parameters = FAST }: FollowOptions = {},
): Follower {
  const stretches: { samples: MotionSample[] }[] = [];
  let reference: Reference | undefined;
  const referenceOf = (
    { time, landmarks, image }: MotionFrame,
    origin: FaceDisplacements,
  ): Reference => {
    const radius = illuminationRadius(interocularDistance(landmarks));
    const flat = normalizeIllumination(image, radius);
    const quality = referenceQuality(flat, landmarks);
    return { time, landmarks, flat, flow: flow.from(flat, parameters), radius, origin, quality };
  };
  return {
    add(crop) {
      const { time, landmarks, image, turn } = crop;
      const opening = (eyeAspectRatio(landmarks, 'left') + eyeAspectRatio(landmarks, 'right')) / 2;
      if (reference === undefined) {
        const displacement = new Float64Array(2 * REGIONS.length);
        reference = referenceOf(crop, { regions: displacement, lips: 0 });
        const quality = sampleQuality({ image, flat: reference.flat, landmarks, turn }, reference);
        stretches.push({ samples: [{ time, displacement, lips: 0, opening, quality }] });
        return;
      }
      const flat = normalizeIllumination(image, reference.radius);
      const field = reference.flow.to(flat);
      const { origin } = reference;
      const moved = faceDisplacements(field, reference.landmarks);
      const displacement = moved.regions.map((value, i) => value + origin.regions[i]!);
      const lips = moved.lips + origin.lips;
      const quality = sampleQuality({ image, flat, landmarks, turn }, reference, field);
      stretches.at(-1)!.samples.push({ time, displacement, lips, opening, quality });
      const age = time - reference.time + SAME_TIME;
      const open = opening >= OPEN * usualOpening(stretches.at(-1)!.samples);
      if (age >= renewal && (open || age >= 2 * renewal)) {
        reference = referenceOf(crop, { regions: displacement, lips });
      }
    },
    cut() {
      reference = undefined;
    },
    forget(before) {
      for (const { samples } of stretches) {
        const kept = samples.findIndex(({ time }) => time >= before);
        samples.splice(0, kept < 0 ? samples.length : kept);
      }
      // The last one is still added to.
      while (stretches.length > 1 && stretches[0]!.samples.length === 0) stretches.shift();
    },
    stretches: () => stretches,
  };
}
