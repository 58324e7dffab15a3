/** @file What the page shows: each screen with the data that it needs. */
import type { Measurement, Review } from '@telltale/core/report';

import type { Wanted } from '../analysis/wanted.ts';
import { estimate, type Estimate } from '../analysis/progress.ts';
import type { Reopened } from '../export/review-file.ts';
import type { Problem, Progress, Result, Resumed } from './protocol.ts';

/** A report with its clip. */
export interface Finished {
  /** What the player shows. */
  readonly file: Blob;
  /** What was chosen; the player shows a copy of it where the browser cannot. */
  readonly source: Blob;
  readonly name: string;
  readonly result: Result;
  /** Corrections that were reopened, and what was measured for them. */
  readonly review?: Review | undefined;
  readonly measurements?: readonly Measurement[] | undefined;
  /** Initials of the coder whose corrections they are. */
  readonly coder?: string | undefined;
  /** As its corrections are known in the browser's storage; absent where they cannot be kept. */
  readonly kept?: { readonly id: string; readonly print: string } | undefined;
  /** When the corrections that were found in the storage were last changed, milliseconds since 1970. */
  readonly restored?: number | undefined;
}

/** A question before the page continues; it can always be answered with no. */
export interface Question {
  readonly title: string;
  readonly text: string;
  readonly choices: readonly { readonly label: string; readonly action: () => void }[];
}

/** A running analysis. */
export interface Working {
  readonly name: 'working';
  /** Name of the clip. */
  readonly file: string;
  readonly progress?: Estimate | undefined;
  readonly counted?: { readonly done: number; readonly total: number } | undefined;
  /** Size of the clip, once it is known. */
  readonly size?: Progress['size'];
  /** The review that is being reopened. */
  readonly pending?: Reopened | undefined;
}

/** A problem, and how to continue. */
export interface Failed {
  readonly name: 'problem';
  readonly problem: Problem;
  /** Name of the clip, or empty. */
  readonly file: string;
  /** Runs the failed action again, if that may help. */
  readonly retry?: (() => void) | undefined;
  /** A review whose clip can be chosen again. */
  readonly pending?: Reopened | undefined;
}

/** What the page shows; each screen has exactly the data that it needs. */
export type Screen =
  | { readonly name: 'start'; readonly notice?: 'discarded' | 'annotation' | undefined }
  | Working
  | {
      readonly name: 'report';
      readonly finished: Finished;
      /** The worker stopped unexpectedly: nothing can be re-examined. */
      readonly isCut: boolean;
    }
  | Failed
  /** Several clips. */
  | { readonly name: 'queue' }
  | { readonly name: 'reopen'; readonly pending: Reopened }
  /** Part, rotation and face are chosen before the analysis. */
  | {
      readonly name: 'prepare';
      readonly file: Blob;
      /** Name of the clip. */
      readonly clip: string;
      readonly wanted: Wanted;
    }
  | {
      readonly name: 'live';
      /** Counts how often the camera was opened: each time has a view of its own. */
      readonly take: number;
    };

/** The screen of an analysis that got further. */
export function progressed(screen: Working, progress: Progress): Working {
  const { done, total, size } = progress;
  return {
    ...screen,
    progress: estimate(screen.progress, progress, performance.now()),
    counted: total === undefined || done === 0 ? undefined : { done, total },
    size: size ?? screen.size,
  };
}

/** Screens on which files are opened without a question: there is nothing to lose. */
export function isIdle(
  screen: Screen,
): screen is Extract<Screen, { name: 'start' | 'problem' | 'reopen' | 'prepare' }> {
  return ['start', 'problem', 'reopen', 'prepare'].includes(screen.name);
}

/** The result of an analysis that was made before, on the clip that was opened for it. */
export function resumedResult(
  { report }: Reopened,
  { regions, moves, wheel, preview }: Resumed,
): Result {
  return { report, images: [], regions, moves, wheel, preview, took: 0 };
}
