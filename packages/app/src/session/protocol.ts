/** @file Messages between the page and its workers: plain data. */
import type { Sound } from '../report/sound.ts';
import type { Wanted } from '../analysis/wanted.ts';
import type { AnalysisProgress, FaceRegion, RecognizerCard, Report } from '@telltale/core';
import type { UnitAnswer } from '@telltale/core/report';
import type { AttentionImage } from '@telltale/figures';
import type { WebErrorReason } from '@telltale/web';
import type { ClipPart } from '@telltale/core/video';
import type { ModelFile } from '@telltale/web/model-files';
import type { WebGpu } from '@telltale/web/models';

/** A failure: a code for which the page has texts, and the values that caused it. */
export interface Problem {
  readonly code: ProblemCode;
  readonly values: Readonly<Record<string, string | number>>;
  /** In English, for the details. */
  readonly message: string;
}

/** Every way in which a clip, a camera or a file of the user can fail. */
export type ProblemCode =
  | WebErrorReason
  | 'FACE_NOT_FOUND'
  | 'CAMERA_DENIED'
  | 'CAMERA_MISSING'
  | 'CAMERA_BUSY'
  | 'CAMERA_INSECURE'
  | 'FILE_GONE'
  | 'MODEL_DESCRIPTION'
  | 'MODEL_CHANGED'
  | 'MODEL_NOT_ONNX'
  | 'MODEL_CLASSES'
  | 'MODEL_INPUT'
  | 'REPORT_UNREADABLE'
  | 'REPORT_OTHER_CLIP'
  | 'OUT_OF_MEMORY'
  | 'WORKER_ENDED'
  | 'BROWSER_TOO_OLD'
  | 'CANCELED'
  | 'UNKNOWN';

/** Stages of an analysis, in order. */
export type Stage = 'load' | 'decoder' | 'make' | 'resume' | AnalysisProgress['stage'];

/** Progress of an analysis. */
export interface Progress {
  readonly stage: Stage;
  readonly done: number;
  readonly total?: number | undefined;
  /** Of the clip, pixels, once it is known. */
  readonly size?: { readonly width: number; readonly height: number };
}

/** Images of one expression, as `data:image/…` addresses. */
export interface EventImages {
  readonly onset: string;
  readonly apex: string;
  readonly flow: string;
  readonly flowImage: string;
  /** Where the recognizer's attention looked, where flow drives it. */
  readonly attention?: AttentionImage | undefined;
}

/** Result of an analysis. */
export interface Result {
  readonly report: Report;
  readonly images: readonly EventImages[];
  readonly regions: readonly (FaceRegion | null)[];
  /** Displacement of each region, x and y in turn, one value per frame, NaN where nothing was measured; empty where it is not known. */
  readonly moves: readonly Float32Array[];
  /** The legend of the flow images: directions as colors. */
  readonly wheel: string;
  /** A copy of the clip for the player, if the browser cannot decode the clip itself. */
  readonly preview?: Blob | undefined;
  /** Milliseconds from the start to the report. */
  readonly took: number;
}

/** An event examined again, after its onset, apex or offset was moved. */
export interface Reexamined {
  readonly onset: string;
  readonly apex: string;
  readonly offset: string;
  readonly flow: string;
  readonly flowImage: string;
  /** Where the recognizer's attention looks, where flow drives it. */
  readonly attention?: AttentionImage | undefined;
  /** Calibrated probability per class. */
  readonly classes: Readonly<Record<string, number>>;
  readonly verdict: string;
  /** Action units, those that are absent too. */
  readonly units: readonly UnitAnswer[];
  /** Movement of each region, pixels at an interocular distance of 100; empty where it is not known. */
  readonly regions: Readonly<Record<string, number>>;
  /** Flow from onset to apex on a grid: `[x, y, u, v]` in pixels of the face crop. */
  readonly arrows: readonly (readonly [number, number, number, number])[];
}

/** Which recognizer to use; the first that ships by default. */
export interface Choice {
  /** User-supplied. */
  readonly own?: ModelFile | undefined;
  /** One that ships, by the name of its network, or `ensemble`. */
  readonly network?: string | undefined;
}

/** How models run. */
export interface Running {
  /** Of user-supplied models. */
  readonly webgpu: WebGpu;
  /** Threads of WebAssembly, where the page may share memory; else one. */
  readonly threads: number;
}

/** A user-supplied recognizer that could be opened. */
export interface OpenedModel {
  readonly card: RecognizerCard;
  readonly on: 'cpu' | 'gpu';
}

/** Someone in a clip. */
export interface SeenSubject {
  /** As `--face` of the command line takes it: from 1, those that fill the clip most first. */
  readonly number: number;
  /** The face, as a `data:image/…` address. */
  readonly image: string;
  /** For how long, as a part of the time of the one who is seen longest: 0 to 1. */
  readonly share: number;
}

/** A clip opened for an existing report. */
export interface Resumed {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  readonly frames: number;
  readonly regions: readonly (FaceRegion | null)[];
  /** As in {@link Result}. */
  readonly moves: readonly Float32Array[];
  readonly wheel: string;
  readonly preview?: Blob | undefined;
}

/** The movement of one action unit over time. */
export interface UnitLine {
  /** Number in FACS. */
  readonly unit: number;
  /** Side of the subject. */
  readonly side: 'left' | 'right' | 'both';
  /** Of each frame, pixels at an interocular distance of 100; NaN where nothing was measured. */
  readonly values: Float32Array;
}

/** Requests to the worker that analyzes. */
export interface Requests {
  analyze: {
    readonly ask: {
      readonly clip: Blob;
      readonly name: string;
      readonly wanted?: Wanted | undefined;
    } & Choice;
    readonly answer: Result;
  };
  /** Finds everyone in a clip, to choose whose face is analyzed; the analysis of the same part uses them. */
  subjects: {
    readonly ask: {
      readonly clip: Blob;
      readonly name: string;
      readonly part?: ClipPart | undefined;
    };
    readonly answer: readonly SeenSubject[];
  };
  /** Sent before all other requests. */
  run: { readonly ask: Running; readonly answer: true };
  /** Lends two workers: one that measures movement, and one that finds landmarks. */
  lend: {
    readonly ask: { readonly followers: MessagePort; readonly faces: MessagePort };
    readonly answer: true;
  };
  /** Opens a user-supplied recognizer, to check that it works. */
  openModel: { readonly ask: ModelFile; readonly answer: OpenedModel };
  demo: { readonly ask: { readonly seed: number }; readonly answer: Blob };
  /** Opens a clip for an existing report. */
  resume: {
    readonly ask: {
      readonly clip: Blob;
      readonly name: string;
      readonly regions?: readonly (FaceRegion | null)[] | undefined;
      /** What was analyzed, and how. */
      readonly report: Report;
    } & Choice;
    readonly answer: Resumed;
  };
  /** How far each action unit moves the skin. */
  unitCurves: {
    readonly ask: Pick<Result, 'moves'> & { readonly times: readonly number[] };
    readonly answer: readonly UnitLine[];
  };
  /** Prepares the frames around an event for `magnified`. */
  magnify: {
    readonly ask: { readonly from: number; readonly to: number };
    readonly answer: { readonly from: number; readonly to: number };
  };
  magnified: {
    readonly ask: { readonly index: number; readonly alpha: number };
    readonly answer: Magnified;
  };
  /** Frames as an mp4, faces made unrecognizable on request. */
  eventClip: {
    readonly ask: {
      readonly from: number;
      readonly to: number;
      /** Frames per second. */
      readonly rate: number;
      readonly isBlurred: boolean;
    };
    readonly answer: Blob;
  };
  reexamine: {
    readonly ask: { readonly onset: number; readonly apex: number; readonly offset: number };
    readonly answer: Reexamined;
  };
}

/** A frame twice: as recorded, and magnified. */
export interface Magnified {
  readonly plain: ImageBitmap;
  readonly magnified: ImageBitmap;
}

/** Requests to the worker that decodes frames for the player. */
export interface PlayerRequests {
  open: {
    readonly ask: {
      readonly clip: Blob;
      /** Frame of the clip that is shown as the first. @defaultValue 0 */
      readonly first?: number | undefined;
      readonly rotate?: ClipPart['rotate'];
    };
    readonly answer: PlayerClip;
  };
  frame: { readonly ask: { readonly index: number }; readonly answer: ImageBitmap | null };
  sound: { readonly ask: { readonly clip: Blob }; readonly answer: Sound | 'none' | 'unsupported' };
}

/** A clip that is ready to be shown. */
export interface PlayerClip {
  readonly width: number;
  readonly height: number;
  /** Seconds by the clock of the container, one per frame. */
  readonly times: readonly number[];
}
