/** @file What the page and its workers say to each other: plain data, nothing else crosses. */
import type { AnalysisProgress, FaceRegion, RecognizerCard, Report } from '@telltale/core';

/** Why something did not work: a code that the page has words for, and the values that made it happen. */
export interface Problem {
  readonly code: ProblemCode;
  readonly values: Readonly<Record<string, string | number>>;
  /** In English, for the details. */
  readonly message: string;
}

/** Every way in which a person's clip, camera or file can fail. */
export type ProblemCode =
  | 'NOT_VIDEO'
  | 'AUDIO_ONLY'
  | 'FRAMES_EMPTY'
  | 'CODEC_UNSUPPORTED'
  | 'DECODER_MISSING'
  | 'NOT_ISOLATED'
  | 'VIDEO_BROKEN'
  | 'FACE_NOT_FOUND'
  | 'CAMERA_DENIED'
  | 'CAMERA_MISSING'
  | 'CAMERA_BUSY'
  | 'CAMERA_INSECURE'
  | 'FILE_GONE'
  | 'MODEL_UNREADABLE'
  | 'MODEL_FILES'
  | 'MODEL_ONNX_MISSING'
  | 'MODEL_DESCRIPTION_MISSING'
  | 'MODEL_DESCRIPTION'
  | 'MODEL_CHANGED'
  | 'MODEL_NOT_ONNX'
  | 'MODEL_INPUT'
  | 'MODEL_CLASSES'
  | 'REPORT_UNREADABLE'
  | 'REPORT_OTHER_CLIP'
  | 'OUT_OF_MEMORY'
  | 'WORKER_ENDED'
  | 'BROWSER_TOO_OLD'
  | 'CANCELED'
  | 'UNKNOWN';

/** Stages of an analysis, in order. */
export type Stage = 'load' | 'decoder' | 'make' | 'resume' | AnalysisProgress['stage'];

/** How far an analysis is. */
export interface Progress {
  readonly stage: Stage;
  readonly done: number;
  readonly total?: number | undefined;
  /** Of the clip, pixels, once it is known. */
  readonly size?: { readonly width: number; readonly height: number };
}

/** Pictures of one expression, as `data:image/…` addresses. */
export interface Pictures {
  readonly onset: string;
  readonly apex: string;
  readonly flow: string;
  readonly flowImage: string;
}

/** What an analysis gives. */
export interface Result {
  readonly report: Report;
  readonly pictures: readonly Pictures[];
  readonly regions: readonly (FaceRegion | null)[];
  /** The color wheel that reads the flow pictures. */
  readonly wheel: string;
  /** What the player shows where the browser cannot decode the clip itself; else the clip. */
  readonly preview?: Blob | undefined;
  /** Milliseconds from the start to the report. */
  readonly took: number;
}

/** Three moments looked at again, after a person moved them. */
export interface Look {
  readonly onset: string;
  readonly apex: string;
  readonly offset: string;
  readonly flow: string;
  readonly flowImage: string;
  /** Calibrated probability per class. */
  readonly classes: Readonly<Record<string, number>>;
  readonly verdict: string;
  /** Flow from onset to apex on a grid: `[x, y, u, v]` in pixels of the face picture. */
  readonly arrows: readonly (readonly [number, number, number, number])[];
}

/** A recognizer that a person brought, and the name of its file. */
export type OwnModel = { readonly file: string } & (
  | { readonly weights: ArrayBuffer }
  | {
      readonly onnx: ArrayBuffer;
      /** Text of its `model.json`. */
      readonly description: string;
    }
);

/** Whether a model may run on the graphics processor: where it is worth it, wherever there is one, or nowhere. */
export type Graphics = 'auto' | 'always' | 'never';

/** Which recognizer a person wants; the first that ships where nothing is chosen. */
export interface Choice {
  readonly own?: OwnModel | undefined;
  /** One that ships, by the name of its network, or `ensemble`. */
  readonly network?: string | undefined;
}

/** How models run. */
export interface Running {
  /** Of models that a person brought. */
  readonly graphics: Graphics;
  /** Threads of WebAssembly, where the page may share memory; else one. */
  readonly threads: number;
}

/** A recognizer that a person brought and that works. */
export interface Brought {
  readonly card: RecognizerCard;
  readonly on: 'processor' | 'graphics';
}

/** A clip that was opened again. */
export interface Resumed {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  readonly frames: number;
  readonly regions: readonly (FaceRegion | null)[];
  readonly wheel: string;
  readonly preview?: Blob | undefined;
}

/** What is asked of the worker that analyzes. */
export interface Requests {
  analyze: {
    readonly ask: {
      readonly clip: Blob;
      readonly name: string;
    } & Choice;
    readonly answer: Result;
  };
  /** Comes before all others. */
  run: { readonly ask: Running; readonly answer: true };
  /** Opens a recognizer that a person brought, to see whether it works. */
  bring: { readonly ask: OwnModel; readonly answer: Brought };
  demo: { readonly ask: { readonly seed: number }; readonly answer: Blob };
  /** Opens a clip whose report is there already. */
  resume: {
    readonly ask: {
      readonly clip: Blob;
      readonly name: string;
      readonly regions?: readonly (FaceRegion | null)[] | undefined;
    } & Choice;
    readonly answer: Resumed;
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
  look: {
    readonly ask: { readonly onset: number; readonly apex: number; readonly offset: number };
    readonly answer: Look;
  };
}

/** A frame twice: as it is, and with its movements enlarged. */
export interface Magnified {
  readonly plain: ImageBitmap;
  readonly enlarged: ImageBitmap;
}

/** What is asked of the worker that shows frames. */
export interface PlayerRequests {
  open: { readonly ask: { readonly clip: Blob }; readonly answer: PlayerClip };
  frame: { readonly ask: { readonly index: number }; readonly answer: ImageBitmap | null };
}

/** A clip that is ready to be shown. */
export interface PlayerClip {
  readonly width: number;
  readonly height: number;
  /** Seconds from the first frame, one per frame. */
  readonly times: readonly number[];
}
