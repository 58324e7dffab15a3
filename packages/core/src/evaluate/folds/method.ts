/**
 * @file The interface of methods that can be evaluated: train on one part of a fold, predict the other.
 *
 * Networks and support vector machines share it. The test part has no labels and no subjects, so that no method can use
 * what it is scored by.
 */
import type { RgbImage } from '../../base/image.ts';
import type { Ort } from '../../base/ort.ts';
import type { Cancellation } from '../../base/pause.ts';
import type { Sample } from '../../datasets/sample.ts';
import type { FaceImages } from '../../nets/input.ts';

/** Samples to predict. Equal indices belong together. */
export interface TestData {
  /** Unique id of each sample. */
  readonly ids: readonly string[];
  /** The flow images as stored. */
  readonly images: readonly RgbImage[];
  /** Face planes, where the dataset has any. */
  readonly faces?: readonly FaceImages[];
  /** The flow images, converted by `flowInput`; shape `[3, size, size]` each, channels u, v and strain. */
  readonly inputs: readonly Float32Array[];
}

/** Samples to train on. */
export interface TrainingData extends TestData {
  /** Class index of each. */
  readonly labels: readonly number[];
  /** Subject of each, for splits within the training part. */
  readonly subjects: readonly string[];
  /** Annotated fine emotion of each, where there is one. */
  readonly annotated?: readonly Pick<Sample, 'dataset' | 'emotion' | 'annotation'>[];
}

/** The two sides of a fold. */
export interface FoldPart {
  /** Samples with labels and subjects. */
  readonly train: TrainingData;
  /** Samples without labels and subjects. */
  readonly test: TestData;
}

/** How a fold is trained. */
export interface FoldOptions {
  /** Seeds everything random: the same seed gives the same bits. */
  readonly seed: number;
  /**
   * Seed of the repetition, which all of its folds share: for what is drawn once and taken in every fold, without any
   * sample of the dataset.
   *
   * @defaultValue `seed`
   */
  readonly repetition?: number;
  /**
   * Epochs after which the test part is predicted, ascending, from 1; the training ends with the
   * last of them, on the schedule of the whole recipe. Methods without epochs ignore it.
   *
   * @defaultValue the last epoch of the recipe
   */
  readonly at?: readonly number[];
  /** Called with the completed share, 0 to 1, after each epoch or at any step. */
  readonly progress?: (share: number) => void;
  /** Cancels the training, which then fails with `CANCELED`. */
  readonly signal?: Cancellation;
}

/** Predictions of the test part after an epoch. */
export interface EpochPrediction {
  /** Completed epochs; 0 for methods without epochs. */
  readonly epoch: number;
  /** Shape `[test samples, classes]`; each row sums to 1. */
  readonly probabilities: readonly (readonly number[])[];
  /** Shape `[test samples, fine classes]`; of the last epoch, where the method has fine classes. */
  readonly fine?: readonly (readonly number[])[];
}

/** The outcome of one training. */
export interface FoldOutcome {
  /** In the order of `at`; a single one for methods without epochs. */
  readonly predictions: readonly EpochPrediction[];
  /** Mean training loss of each epoch; empty for methods without epochs. */
  readonly losses: readonly number[];
  /** What was chosen within the training part, such as a regularization, for the record. Plain JSON. */
  readonly chosen?: Readonly<Record<string, number | string>>;
}

/** A method ready to be trained any number of times, one training at a time. */
export interface Trainable {
  /** As in tables: `merba`, `svm-linear`. */
  readonly name: string;
  /**
   * Trains on `part.train` alone and predicts `part.test`. Every statistic that it uses, such as a mean or a class
   * weight, comes from `part.train`.
   *
   * @throws TelltaleError `DATASET_INVALID`, `CANCELED`
   */
  trainFold(part: FoldPart, options: FoldOptions): Promise<FoldOutcome>;
  /** Releases its resources. */
  release(): Promise<void>;
}

/** What a {@link Method} runs with. */
export interface MethodPlace {
  /** The ONNX Runtime module that runs the graphs. */
  readonly ort: Ort;
  /** CPU threads. @defaultValue the runtime's own choice */
  readonly threads?: number;
  /** Initial weights by the SHA-256 of their file, where a method is initialized from weights. */
  readonly weights?: (hash: string) => Promise<Uint8Array>;
}

/** Creates a {@link Trainable}: one row of a table. */
export interface Method {
  /** Unique within an evaluation, safe as part of a file name: `merba`, `svm-linear`. */
  readonly name: string;
  /** Its source, as one line of a bibliography. */
  readonly paper: string;
  /** What, with the data and a seed, determines its results. Plain JSON. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Epochs of a whole training; absent for methods without epochs. */
  readonly epochs?: number;
  /**
   * Opens it, e.g. compiles its training graph, once for all folds.
   *
   * @param classes - names, in the order of labels and probabilities
   */
  open(classes: readonly string[], place: MethodPlace): Promise<Trainable>;
}
