/** @file The report: the result of the analysis of a clip. Plain JSON, versioned; its JSON Schema is `schema/report.schema.json`. */
import type { RecognizerCard } from '../recognize/card.ts';
import type { UnitAnswer, UnitsCard } from '../units/model.ts';
import type { Caveat } from './caveat.ts';

export type { Caveat, RecognizerCard, UnitAnswer, UnitsCard };

/** A moment of the clip. */
export interface Moment {
  /** Frame index, from 0. */
  readonly frame: number;
  /** Seconds from the first frame. */
  readonly time: number;
}

/** A stretch of frames, both ends included. */
export interface Stretch {
  /** First frame. */
  readonly start: Moment;
  /** Last frame. */
  readonly end: Moment;
}

/** Where a region of the face is, frame by frame. */
export interface Displacement {
  /** Pixels at an interocular distance of 100, to the right of the image. */
  readonly x: readonly (number | null)[];
  /** The same, down. */
  readonly y: readonly (number | null)[];
}

/** A movement that was spotted, and what the recognizer makes of it. */
export interface Expression {
  /** The last frame before the movement. */
  readonly onset: Moment;
  /** The frame at its height. */
  readonly apex: Moment;
  /** The first frame after it. */
  readonly offset: Moment;
  /** Seconds from onset to offset. */
  readonly duration: number;
  /** `micro`: at most half a second; `macro`: longer; `blink`: the eyelids alone. */
  readonly kind: 'micro' | 'macro' | 'blink';
  /**
   * 0 to 1: how far the movement exceeds the clip's own restlessness. Absent only in reviews, of an event that a coder
   * added or corrected: the machine did not find it so.
   */
  readonly confidence?: number;
  /** Movement of each region at the apex against the onset, pixels at an interocular distance of 100 pixels. */
  readonly regions: Readonly<Record<string, number>>;
  /**
   * How much farther apart the lips are at the apex than before, negative where they are pressed; same unit. Absent for
   * blinks, in reports of recognize, and where a coder chose the frames.
   */
  readonly lips?: number;
  /** Calibrated probability per class, summing to 1. Absent for blinks and where no recognizer was used. */
  readonly classes?: Readonly<Record<string, number>>;
  /** The most probable class, or `unsure` below the recognizer's threshold. Absent where `classes` is. */
  readonly verdict?: string;
  /** Action units, those that are absent too. Absent for blinks and where no recognizer of units was used. */
  readonly units?: readonly UnitAnswer[];
  /**
   * Whether the decision that this is an event of this kind was near a threshold: another decoder of the same clip may
   * decide otherwise. Absent where it was not.
   */
  readonly atEdge?: boolean;
  /** In reviews: the event was corrected or added by a coder. Absent where it is as telltale found it. */
  readonly origin?: 'corrected' | 'added';
  /** Initials of that coder, where they gave them. */
  readonly coder?: string;
}

/** A movement that was just not spotted: near a threshold, and below it. */
export type Candidate = Pick<
  Expression,
  'onset' | 'apex' | 'offset' | 'duration' | 'kind' | 'regions'
>;

/** A movement above the threshold of which nothing is claimed, because it may not be the face's. */
export type SetAside = Candidate & {
  /** Noise, an incomplete blink, something in front of the face, or a turn of the head. */
  readonly why: 'noise' | 'blink' | 'covered' | 'turned';
};

/** The result of the analysis of a clip. */
export interface Report {
  /** Name and version of the format. */
  readonly schema: 'telltale.report/1';
  /** The clip that was analyzed. */
  readonly clip: {
    /** File or folder name. */
    readonly name: string;
    /** Pixels. */
    readonly width: number;
    /** Pixels. */
    readonly height: number;
    /** Number of frames. */
    readonly frames: number;
    /** Frames per second. */
    readonly rate: number;
    /** Seconds. */
    readonly duration: number;
    /** Where a part of the clip was analyzed: number of frames before it. Frames count from there, times from the start of the clip. */
    readonly firstFrame?: number;
    /** Clockwise turn that was requested (`--rotate`), degrees; width and height are those after it. Absent where there is none. */
    readonly rotated?: 90 | 180 | 270;
    /** Time of the first frame by the clock of the container, seconds; absent where it is 0. All times count from 0. */
    readonly start?: number;
    /** How the clip was recorded and what was done to its frames; absent where there is nothing to report. */
    readonly recording?: {
      /** Frames that were recorded as two fields and deinterlaced. */
      readonly deinterlaced?: number;
      /** Width of a pixel as stored, relative to its height; frames were resampled so that it is 1. */
      readonly pixelAspect?: number;
      /** High dynamic range that was mapped to standard range. */
      readonly toneMapped?: 'hlg' | 'pq';
      /** Whether the file states no frame rate, and one was assumed. */
      readonly isRateAssumed?: boolean;
      /** Frames that were scaled to the size of the first one. */
      readonly scaled?: number;
      /** Places where the clock of the file starts again, as in files that were joined. */
      readonly joints?: number;
      /** Video streams of the file, of which one was analyzed; absent where there is one. */
      readonly videos?: number;
      /** Why the clip ends before it should. */
      readonly truncated?: string;
    };
    /** Frames that are damaged in the file: left out of the analysis. Absent where none is. */
    readonly damaged?: readonly Stretch[];
    /**
     * Frames that show something else for less than 0.2 s, between two that continue each other: a damaged frame that was
     * decoded nevertheless, an inserted image, something that passed before the camera. Left out of the analysis. Absent
     * where there is none.
     */
    readonly interruptions?: readonly Stretch[];
    /** Cuts: the first frames after them. Nothing is measured across them. Absent where there is none. */
    readonly cuts?: readonly Moment[];
  };
  /** Where a face was found. */
  readonly face: {
    /** Number of frames in which the face was found and followed. */
    readonly frames: number;
    /** The largest number of faces seen in one frame; one is analyzed. */
    readonly faces: number;
    /** Where no face was found: left out of the analysis. */
    readonly gaps: readonly Stretch[];
    /**
     * What the detector was shown when it found the face: the whole frame, the frame padded with black (a face that
     * fills it), the frame in enlarged tiles (a small face). Absent in reports before version 0.2.
     */
    readonly framings?: readonly ('whole' | 'padded' | 'tiled')[];
    /** Which of several subjects was analyzed; absent where the clip shows one. */
    readonly subject?: {
      /** From 1, those that fill the clip most first. */
      readonly number: number;
      /** Number of subjects in the clip. */
      readonly of: number;
    };
  };
  /** The curve that movements were spotted in. */
  readonly movement: {
    /** Seconds, one per frame. */
    readonly times: readonly number[];
    /** Movement per frame, pixels at an interocular distance of 100 pixels; null where no face was found. */
    readonly values: readonly (number | null)[];
    /** A peak above this is spotted. */
    readonly threshold: number;
    /**
     * How far each region of the face was displaced, relative to the head, one value per frame: pixels at an interocular
     * distance of 100 pixels; x to the right of the image, y down, from an arbitrary zero; null where nothing was measured.
     * Curves of regions and of action units follow from it. Absent in reports before version 0.2, and of `recognize`.
     */
    readonly regions?: Readonly<Record<string, Displacement>>;
  };
  /** Movements in order of onset. */
  readonly expressions: readonly Expression[];
  /**
   * Movements that were just not spotted, in order of onset: another decoder of the same clip may report them as
   * expressions that are at the edge. Not findings. Absent where there are none.
   */
  readonly candidates?: readonly Candidate[];
  /** Movements of which nothing is claimed, in order of onset. Absent where there are none. */
  readonly setAside?: readonly SetAside[];
  /** When the mouth speaks: none of its movements is taken for an expression. Absent where it does not. */
  readonly speech?: readonly Stretch[];
  /** How well the face can be measured: medians. Absent in reports before version 0.2. */
  readonly quality?: {
    /** Between the centers of the eyes, pixels. */
    readonly interocular: number;
    /** Mean of the face, 0 to 255. */
    readonly brightness: number;
    /** Part of the face that is as good as black or white, 0 to 1. */
    readonly clipped: number;
    /** Standard deviation of the noise, percent of the brightness, in the aligned face. */
    readonly noise: number;
    /** Standard deviation of the texture, percent of the brightness: what movement is measured on. */
    readonly texture: number;
    /** From 1/3, all edges are blurred, to 1. */
    readonly sharpness: number;
    /** Degrees; positive toward the right edge of the image. */
    readonly yaw: number;
    /** Degrees; positive down. */
    readonly pitch: number;
  };
  /** The recognizer that classified them; absent where none was used. */
  readonly recognizer?: RecognizerCard;
  /** The recognizer of action units; absent where none was used. */
  readonly unitsRecognizer?: UnitsCard;
  /** What the reader must know before believing any of it. */
  readonly caveats: readonly string[];
  /** The same by code, one per caveat, so that they can be shown in other languages. */
  readonly caveatCodes?: readonly Caveat[];
  /** What made it, stage by stage, so that it can be made again. */
  readonly made: readonly {
    /** Name of the stage. */
    readonly stage: string;
    /** Release of telltale. */
    readonly version: string;
    /** Options that matter for the result. */
    readonly options: Readonly<Record<string, unknown>>;
  }[];
}
