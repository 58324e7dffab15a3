/** @file What an analysis needs besides the clip: ONNX Runtime and the models, assets of this build. */
import meshAssets from '@mediapipe/face_mesh/face_mesh_solution_packed_assets.data?url';
import detection from '@mediapipe/face_detection/face_detection_full_range.tflite?url';
import { openFaceModels } from '@telltale/core';
import type { FaceModels, Ort } from '@telltale/core';
import {
  ENSEMBLE,
  ensembleOf,
  openExported,
  openRecognizer,
  shippedEnsembleScore,
  shippedRecognizers,
} from '@telltale/core/recognize';
import type { Recognizer, RecognizerOptions } from '@telltale/core/recognize';
import * as ort from 'onnxruntime-web/wasm';
import runtimeModule from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import runtimeBinary from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';

import { placed, type Placed } from './graphics.ts';
import { PageError } from './problem.ts';
import type { Choice, Graphics, OwnModel } from './protocol.ts';

/** Addresses of the weights that ship, by their path. */
const weightFiles = import.meta.glob<string>(
  ['../../../core/models/*.safetensors', '!../../../core/models/*-synthetic.safetensors'],
  {
    query: '?url',
    import: 'default',
    eager: true,
  },
);

ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = { wasm: addressOf(runtimeBinary), mjs: addressOf(runtimeModule) };
ort.env.logLevel = 'error';
const runtime = ort as unknown as Ort;

/** Sets how many threads networks share, before the first is opened; one where memory cannot be shared. */
export function useThreads(threads: number): void {
  ort.env.wasm.numThreads = crossOriginIsolated ? threads : 1;
}

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

/**
 * Opens the recognizer that was chosen.
 *
 * @throws TelltaleError WEIGHTS_CORRUPT, WEIGHTS_MISMATCH, and those of `openExported`
 */
export async function openNetwork(
  { own, network }: Choice,
  graphics: Graphics,
): Promise<Recognizer> {
  if (own !== undefined) return (await openOwn(own, graphics)).recognizer;
  const names = Object.keys(shippedRecognizers);
  if (network !== ENSEMBLE) return openShipped(network ?? names[0]!);
  const members: Recognizer[] = [];
  for (const name of names) members.push(await openShipped(name));
  return ensembleOf(members, { score: shippedEnsembleScore });
}

/**
 * Opens a recognizer that a person brought, where it runs best; its card names the file.
 *
 * @throws TelltaleError WEIGHTS_CORRUPT, WEIGHTS_MISMATCH, and those of `openExported`; PageError `MODEL_INPUT` where it
 *   wants a picture that an analysis does not make
 */
export async function openOwn(own: OwnModel, graphics: Graphics): Promise<Placed> {
  const open = (ort: Ort, options: RecognizerOptions): Promise<Recognizer> =>
    'weights' in own
      ? openRecognizer(ort, new Uint8Array(own.weights), options)
      : openExported(
          ort,
          { onnx: new Uint8Array(own.onnx), description: own.description },
          options,
        );
  const here = await open(runtime, {});
  if (here.pictures.includes('magnified')) {
    await here.release();
    const cause = new Error('it was trained on magnified faces, which are not made of a clip here');
    throw new PageError('MODEL_INPUT', { name: own.file }, { cause });
  }
  const { recognizer, on } = await placed(here, open, graphics);
  const card = { ...recognizer.card, file: own.file };
  return { recognizer: { ...recognizer, card }, on };
}

async function openShipped(name: string): Promise<Recognizer> {
  const file = Object.hasOwn(shippedRecognizers, name) ? shippedRecognizers[name] : '';
  const [, asset] = Object.entries(weightFiles).find(([path]) => path.endsWith(`/${file}`)) ?? [];
  if (asset === undefined) throw new PageError('MODEL_UNREADABLE', { name });
  return openRecognizer(runtime, await load(asset), { threads: 1 });
}
