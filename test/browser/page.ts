/**
 * @file What the browser tests run inside Chromium: the library's sources, with onnxruntime-web.
 *
 * Everything in and out is plain JSON; bytes are base64. Files come from the test's own server.
 */
import * as ort from 'onnxruntime-web/wasm';

import {
  compilePrediction,
  createPredictor,
  mean,
  transpose,
  type Parameter,
  type Tensor,
} from '@telltale/engine';
import { openFaceModels, type FaceRegion, type Ort, type RgbImage } from '@telltale/core';
import { detectFaces, findLandmarks } from '@telltale/core/face';
import { createTvl1, flowImage, type Box, type Tvl1Options } from '@telltale/core/motion';
import { magnifyClip, openWindow, type MagnifyOptions } from '@telltale/core/magnify';
import { openRecognizer } from '@telltale/core/recognize';
import { regionOfDetection } from '../../packages/core/src/face/detect.ts';
import { regionOfLandmarks } from '../../packages/core/src/face/mesh.ts';
import { clipOf, framesOf, goldenFrames } from '../../packages/core/src/magnify/clips.cases.ts';
import { mixer, type Mixer, type Scan } from '../../packages/core/src/nets/mamba.ts';
import type { ClipAnswer, ClipRequest } from './recording.worker.ts';
import { windowAttention, type WindowAttention } from '../../packages/core/src/nets/merba.ts';

ort.env.wasm.wasmPaths = '/node_modules/onnxruntime-web/dist/';
ort.env.wasm.numThreads = 1;
const runtime = ort as unknown as Ort;

/** An image sent from Node: its bytes in base64. */
export interface Sent {
  readonly base64: string;
  readonly width: number;
  readonly height: number;
}

const bytesOf = (base64: string): Uint8Array =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

const imageOf = ({ base64, width, height }: Sent): RgbImage => ({
  data: bytesOf(base64),
  width,
  height,
  channels: 3,
});

/** TV-L1 between two gray images, and the flow image of its box. */
export async function flow(request: {
  readonly from: Sent;
  readonly to: Sent;
  readonly box: Box;
  readonly options: Tvl1Options;
}): Promise<{ u: number[]; v: number[]; image: number[] }> {
  const [from, to] = [request.from, request.to].map(({ base64, width, height }) => ({
    data: Float32Array.from(bytesOf(base64)),
    width,
    height,
  }));
  const field = (await createTvl1()).compute(from!, to!, request.options);
  return { u: [...field.u], v: [...field.v], image: [...flowImage(field, request.box).data] };
}

/** The last frame of the made clip magnified, by the clip and by the window of any α. */
export async function magnify(request: {
  readonly size: Parameters<typeof goldenFrames>[0];
  readonly options: MagnifyOptions;
}): Promise<{ clip: number[]; window: number[] }> {
  const frames = goldenFrames(request.size);
  const { rate } = request.size;
  const clip = await framesOf(magnifyClip(clipOf(frames, rate), request.options));
  const window = await openWindow(frames, { ...request.options, rate, warmUp: 0 });
  const last = frames.length - 1;
  return { clip: [...clip[last]!.data], window: [...window.at(last).data] };
}

async function served(path: string): Promise<Uint8Array> {
  const response = await fetch(`/node_modules/${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Landmarks of the faces whose regions are nearest to those of `near`, refined as `findFace` does. */
export async function landmarks(request: {
  readonly image: Sent;
  readonly near: readonly FaceRegion[];
}): Promise<number[][]> {
  const models = await openFaceModels(runtime, {
    meshAssets: await served('@mediapipe/face_mesh/face_mesh_solution_packed_assets.data'),
    detection: await served('@mediapipe/face_detection/face_detection_full_range.tflite'),
  });
  const image = imageOf(request.image);
  const regions = (await detectFaces(models, image)).map(regionOfDetection);
  const faces: number[][] = [];
  for (const near of request.near) {
    const distance = ({ x, y }: FaceRegion): number => Math.hypot(x - near.x, y - near.y);
    const nearest = [...regions].sort((a, b) => distance(a) - distance(b))[0]!;
    let found = await findLandmarks(models, image, nearest);
    for (let pass = 0; pass < 2; pass++) {
      found = await findLandmarks(models, image, regionOfLandmarks(found));
    }
    faces.push([...found.points]);
  }
  await models.close();
  return faces;
}

/** A block of MERba with given parameters, run forward. */
export async function block(request: {
  readonly params: Readonly<Record<string, { shape: readonly number[]; data: readonly number[] }>>;
  readonly input: { readonly shape: readonly number[]; readonly data: readonly number[] };
  readonly kind:
    { readonly window: number; readonly scans: readonly Scan[] } | { readonly headDim: number };
}): Promise<number[]> {
  const root: Record<string, Parameter | Record<string, Parameter>> = {};
  for (const [name, { shape, data }] of Object.entries(request.params)) {
    const [outer, inner] = name.split('.') as [string, string | undefined];
    const parameter = { shape, data: Float32Array.from(data) };
    if (inner === undefined) root[outer] = parameter;
    else root[outer] = { ...root[outer], [inner]: parameter };
  }
  const { kind } = request;
  const input = { shape: request.input.shape, data: Float32Array.from(request.input.data) };
  const turn = (t: Tensor): Tensor => transpose(t, [1, 0, 2]);
  const model =
    'headDim' in kind
      ? compilePrediction({
          params: { block: root as unknown as WindowAttention, input },
          inputs: {},
          forward: (_, p) => ({ y: windowAttention(p.block, mean(p.input, [2]), kind) }),
        })
      : compilePrediction({
          params: { block: root as unknown as Mixer, input },
          inputs: {},
          // Tokens stand outermost inside the network, second in the golden numbers.
          forward: (_, p) => ({ y: turn(mixer(p.block, turn(p.input), kind)) }),
        });
  const predictor = await createPredictor(runtime, model);
  const { y } = await predictor.run({});
  return [...y!];
}

/** Probabilities of flow images by a recognizer whose weights are given. */
export async function classify(request: {
  readonly weights: string;
  readonly images: readonly Sent[];
}): Promise<number[][]> {
  const recognizer = await openRecognizer(runtime, bytesOf(request.weights));
  const answers = await recognizer.classify(request.images.map(imageOf));
  await recognizer.release();
  return answers.map((probabilities) => [...probabilities]);
}

/** Reads a recording in a worker, where waiting for FFmpeg is allowed. */
export async function recording(request: ClipRequest): Promise<ClipAnswer> {
  const worker = new Worker(new URL('recording.worker.ts', import.meta.url), { type: 'module' });
  try {
    return await new Promise<ClipAnswer>((resolve, reject) => {
      worker.addEventListener('message', ({ data }: MessageEvent<ClipAnswer>) => resolve(data));
      worker.addEventListener('error', ({ message }) => reject(new Error(message)));
      worker.postMessage(request);
    });
  } finally {
    worker.terminate();
  }
}
