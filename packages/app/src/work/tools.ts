/** @file What an analysis needs besides the clip: ONNX Runtime and the models, assets of this build. */
import meshAssets from '@mediapipe/face_mesh/face_mesh_solution_packed_assets.data?url';
import detection from '@mediapipe/face_detection/face_detection_full_range.tflite?url';
import { openFaceModels } from '@telltale/core';
import type { FaceModels, Ort } from '@telltale/core';
import weightsThatShip from '@telltale/core/models/merba-flow28.safetensors?url';
import { openRecognizer } from '@telltale/core/recognize';
import type { Recognizer } from '@telltale/core/recognize';
import * as ort from 'onnxruntime-web/wasm';
import runtimeModule from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import runtimeBinary from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';

/** The networks, ready to run. */
export interface Tools {
  readonly face: FaceModels;
  readonly recognizer: Recognizer;
}

// One thread: the decoder runs beside it, and the networks are too small to share.
ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = { wasm: addressOf(runtimeBinary), mjs: addressOf(runtimeModule) };
ort.env.logLevel = 'error';
const runtime = ort as unknown as Ort;

/** The address of an asset, seen from the worker's own place. */
function addressOf(asset: string): string {
  return new URL(asset, import.meta.url).href;
}

async function load(asset: string): Promise<Uint8Array> {
  const response = await fetch(addressOf(asset));
  if (!response.ok) throw new Error(`${asset}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Opens the models for faces. */
export async function openFace(): Promise<FaceModels> {
  const [mesh, found] = await Promise.all([load(meshAssets), load(detection)]);
  return openFaceModels(runtime, { meshAssets: mesh, detection: found }, { threads: 1 });
}

/** Opens a recognizer: the one that ships unless weights are given. */
export async function openNetwork(weights?: ArrayBuffer): Promise<Recognizer> {
  const bytes = weights === undefined ? await load(weightsThatShip) : new Uint8Array(weights);
  return openRecognizer(runtime, bytes, { threads: 1 });
}
