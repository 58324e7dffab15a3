/**
 * @file MediaPipe's face detector and attention mesh, opened on ONNX Runtime, or the mesh on kernels of its own.
 *
 * Detector: Bazarevsky et al. 2019, "BlazeFace: Sub-millisecond Neural Face
 * Detection on Mobile GPUs", arXiv:1907.05047, in its full-range variant.
 * Mesh: Grishchenko et al. 2020, "Attention Mesh", arXiv:2006.10962.
 * The weights are those of the npm packages `@mediapipe/face_detection` and
 * `@mediapipe/face_mesh` (Apache-2.0); they are read from there, not copied.
 */
import type { InferenceSession } from 'onnxruntime-common';

import { TelltaleError } from '../base/errors.ts';
import type { RgbImage } from '../base/image.ts';
import type { Ort } from '../base/ort.ts';
import { cropPlanes } from './crop.ts';
import type { CropOptions } from './crop.ts';
import type { FaceRegion } from './landmarks.ts';
import { openMeshNetwork, type MeshNetwork } from './mesh-network.ts';
import { tfliteToOnnx } from './tflite-to-onnx.ts';

/** Names and releases of both networks, as reports name them. */
export const FACE_NETWORKS =
  'MediaPipe face detection full range 0.4.1657300184, attention mesh 0.4.1657299874';

/** Side of the image that both networks take, pixels. */
export const FACE_INPUT_SIZE = 192;

/**
 * A region as the networks take it, `[3, 192, 192]`.
 *
 * Half as many samples as a pixel is wide are enough here: the networks do not
 * mind a little aliasing, and most of their time would go into the crop.
 */
export function faceInput(
  image: RgbImage,
  region: FaceRegion,
  options: Omit<CropOptions, 'size' | 'samples'>,
): Float32Array {
  const samples = faceSamples(region);
  return cropPlanes(image, region, { ...options, size: FACE_INPUT_SIZE, samples });
}

/** Samples per pixel and axis that {@link faceInput} takes. */
export function faceSamples(region: FaceRegion): number {
  return Math.min(8, Math.max(2, Math.ceil(region.size / FACE_INPUT_SIZE / 2)));
}

/** The files that the weights are in. */
export interface FaceModelFiles {
  /** `face_mesh_solution_packed_assets.data` of `@mediapipe/face_mesh` 0.4.1657299874. */
  readonly meshAssets: Uint8Array;
  /** `face_detection_full_range.tflite` of `@mediapipe/face_detection` 0.4.1657300184. */
  readonly detection: Uint8Array;
}

/** Options of {@link openFaceModels}. */
export interface FaceModelOptions {
  /** Threads that one network may use. @defaultValue 1 */
  readonly threads?: number;
}

/** Named outputs of a network. */
export type NetworkOutputs = Readonly<Record<string, Float32Array>>;

/** The two networks, ready to run; each takes an image `[3, 192, 192]`. */
export interface FaceModels {
  /** Takes values from −1 to 1. */
  detect(input: Float32Array): Promise<NetworkOutputs>;
  /** Takes values from 0 to 1. */
  mesh(input: Float32Array): Promise<NetworkOutputs>;
  /** Frees both networks; they must not run any more. */
  close(): Promise<void>;
}

/** The attention mesh is the first file in the package's bundle. */
const ATTENTION_MESH = { start: 0, end: 2_495_952 };
/** Length of the whole bundle; another length is another release. */
const BUNDLE_LENGTH = 3_986_256;

/** One network, ready to run. */
export interface FaceNetwork {
  /** Takes an image `[3, 192, 192]`, which must not be changed before the outputs are there. */
  run(input: Float32Array): Promise<NetworkOutputs>;
  /** Frees it; it must not run any more. */
  close(): Promise<void>;
}

/**
 * Converts the networks (about half a second) and opens them.
 *
 * @throws TelltaleError `WEIGHTS_MISMATCH` where the mesh's file is not of the supported
 *   release; `WEIGHTS_CORRUPT` or `MODEL_UNSUPPORTED` where a model cannot be read.
 */
export async function openFaceModels(
  ort: Ort,
  { meshAssets, detection }: FaceModelFiles,
  options: FaceModelOptions = {},
): Promise<FaceModels> {
  const mesh = await openFaceMesh(ort, meshAssets, options);
  return faceModelsOf({ detector: await openFaceDetector(ort, detection, options), mesh });
}

/** Face models of two networks that were opened apart, which `close` closes. */
export function faceModelsOf({
  detector,
  mesh,
}: Readonly<Record<'detector' | 'mesh', FaceNetwork>>): FaceModels {
  return {
    detect: (input) => detector.run(input),
    mesh: (input) => mesh.run(input),
    async close() {
      await detector.close();
      await mesh.close();
    },
  };
}

/**
 * Opens the face detector alone.
 *
 * @param file - `detection` of {@link FaceModelFiles}
 * @throws TelltaleError as {@link openFaceModels}
 */
export function openFaceDetector(
  ort: Ort,
  file: Uint8Array,
  options: FaceModelOptions = {},
): Promise<FaceNetwork> {
  return open(ort, file, options);
}

/**
 * Opens the attention mesh alone, on ONNX Runtime for Node, which computes eight numbers at a time, and on the kernels of
 * {@link openFaceMeshKernels} where that of browsers is given.
 *
 * @param file - `meshAssets` of {@link FaceModelFiles}
 * @throws TelltaleError as {@link openFaceModels}
 */
export async function openFaceMesh(
  ort: Ort,
  file: Uint8Array,
  options: FaceModelOptions = {},
): Promise<FaceNetwork> {
  const isInNode = ort.env?.versions.node !== undefined;
  return isInNode ? open(ort, attentionMesh(file), options) : openFaceMeshKernels(file);
}

/**
 * Opens the attention mesh alone, without ONNX Runtime: in WebAssembly kernels of its own, on one thread. In browsers these
 * take less than half of the time.
 *
 * @param file - `meshAssets` of {@link FaceModelFiles}
 * @throws TelltaleError as {@link openFaceModels}
 */
export async function openFaceMeshKernels(file: Uint8Array): Promise<FaceNetwork> {
  let network: MeshNetwork | undefined = await openMeshNetwork(attentionMesh(file));
  const run = (input: Float32Array): NetworkOutputs => {
    if (network === undefined) throw new Error('the face mesh is closed');
    return network.run(input);
  };
  return {
    run: (input) => Promise.resolve(input).then(run), // a mistake is a rejection, as ONNX Runtime has it
    close() {
      network = undefined;
      return Promise.resolve();
    },
  };
}

/**
 * The attention mesh in the package's bundle.
 *
 * @throws TelltaleError `WEIGHTS_MISMATCH` where the bundle is another
 */
function attentionMesh(file: Uint8Array): Uint8Array {
  if (file.length !== BUNDLE_LENGTH) {
    throw new TelltaleError(
      'WEIGHTS_MISMATCH',
      `the face mesh bundle has ${file.length} bytes where ${BUNDLE_LENGTH} are expected`,
      'Install @mediapipe/face_mesh in version 0.4.1657299874 exactly.',
    );
  }
  return file.subarray(ATTENTION_MESH.start, ATTENTION_MESH.end);
}

async function open(
  ort: Ort,
  model: Uint8Array,
  { threads = 1 }: FaceModelOptions,
): Promise<FaceNetwork> {
  const session = await ort.InferenceSession.create(tfliteToOnnx(model), {
    intraOpNumThreads: threads,
  });
  return {
    run: (input) => inTurn(ort, () => run(ort, session, input)),
    close: () => inTurn(ort, () => session.release()),
  };
}

/** The last task of each ONNX Runtime. */
const lasts = new WeakMap<Ort, Promise<unknown>>();

/** Does one thing after another: two networks that run at once fail in ONNX Runtime for the web. */
function inTurn<Result>(ort: Ort, task: () => Promise<Result>): Promise<Result> {
  const before = lasts.get(ort) ?? Promise.resolve();
  const result = before.then(task, task);
  lasts.set(ort, result);
  return result;
}

async function run(
  ort: Ort,
  session: InferenceSession,
  input: Float32Array,
): Promise<NetworkOutputs> {
  const shape = [1, 3, FACE_INPUT_SIZE, FACE_INPUT_SIZE];
  const outputs = await session.run({ input: new ort.Tensor('float32', input, shape) });
  return Object.fromEntries(
    Object.entries(outputs).map(([name, tensor]) => [name, tensor.data as Float32Array]),
  );
}
