/**
 * @file What can be evaluated: anything that learns from one part of a fold and predicts the other.
 *
 * A network and a support vector machine look alike from here. What is handed
 * in for the test part has no labels and no subjects, so nothing that learns
 * can look at what it will be judged by.
 */
import type { RgbImage } from '../../base/image.ts';
import type { Ort } from '../../base/ort.ts';
import type { Cancellation } from '../../base/pause.ts';
import type { FaceImages } from '../../nets/input.ts';

/** Samples whose class is to be told. Equal indices belong together. */
export interface TestData {
  readonly ids: readonly string[];
  /** The flow pictures as they are filed. */
  readonly pictures: readonly RgbImage[];
  /** Pictures of the face, where the dataset has any. */
  readonly faces?: readonly FaceImages[];
  /** The flow pictures, prepared by `flowInput`; shape `[3, size, size]` each, channels u, v and strain. */
  readonly inputs: readonly Float32Array[];
}

/** Samples to learn from. */
export interface TrainingData extends TestData {
  /** Class index of each. */
  readonly labels: readonly number[];
  /** Whose face it is, for splits within the training part. */
  readonly subjects: readonly string[];
}

/** The two sides of a fold. */
export interface FoldPart {
  readonly train: TrainingData;
  readonly test: TestData;
}

/** How a fold is trained. */
export interface FoldOptions {
  /** Seeds everything random: the same seed gives the same bits. */
  readonly seed: number;
  /**
   * Epochs after which the test part is predicted, ascending, from 1; the training ends with the
   * last of them, on the schedule of the whole recipe. Left out: after the recipe's last. What does
   * not learn in epochs ignores it.
   */
  readonly at?: readonly number[];
  /** Called after each epoch, or whenever there is something to tell, with the share that is done. */
  readonly progress?: (share: number) => void;
  readonly signal?: Cancellation;
}

/** What is said of the test part at one moment of a training. */
export interface Moment {
  /** Epochs done; 0 for what does not learn in epochs. */
  readonly epoch: number;
  /** Shape `[test samples, classes]`; each row sums to 1. */
  readonly probabilities: readonly (readonly number[])[];
}

/** What one training gives. */
export interface FoldOutcome {
  /** In the order of the epochs that were asked for; a single one for what does not learn in epochs. */
  readonly moments: readonly Moment[];
  /** Mean training loss of each epoch; empty where there is none. */
  readonly losses: readonly number[];
  /** What was chosen within the training part, such as a regularization, to be told. Plain JSON. */
  readonly chosen?: Readonly<Record<string, number | string>>;
}

/** Something that learns, ready to be trained any number of times, one training at a time. */
export interface Trainable {
  /** As in the tables: `merba`, `svm-linear`. */
  readonly name: string;
  /**
   * Learns from `part.train` alone and predicts `part.test`. Every statistic that it uses, such as a
   * mean or the weight of a class, comes from `part.train`.
   *
   * @throws TelltaleError `DATASET_INVALID`, `CANCELED`
   */
  trainFold(part: FoldPart, options: FoldOptions): Promise<FoldOutcome>;
  /** Frees what it holds. */
  release(): Promise<void>;
}

/** Where a {@link Method} runs. */
export interface MethodPlace {
  readonly ort: Ort;
  /** Processor threads; as many as the runtime likes where left out. */
  readonly threads?: number;
  /** Weights to begin with, by the SHA-256 of their file, where something begins with any. */
  readonly weights?: (hash: string) => Promise<Uint8Array>;
}

/** A way to make a {@link Trainable}: one line of a table. */
export interface Method {
  /** Unique within an evaluation, safe as part of a file name: `merba`, `svm-linear`. */
  readonly name: string;
  /** Where it comes from, as one line of a bibliography. */
  readonly paper: string;
  /** What, with the data and a seed, determines its results. Plain JSON. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Epochs of a whole training; absent for what does not learn in epochs. */
  readonly epochs?: number;
  /**
   * Makes it ready; costs time once, such as the compilation of a training graph.
   *
   * @param classes - names, in the order of labels and probabilities
   */
  open(classes: readonly string[], place: MethodPlace): Promise<Trainable>;
}
