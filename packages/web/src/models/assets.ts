/**
 * @file Addresses of the files that models are read from. Bundlers that know `new URL('…', import.meta.url)`, such as
 * Vite and webpack, put the files beside the script; with others, `ModelAddresses` has their addresses.
 */
import { WebError } from '../errors.ts';

/** Where files are served that the bundler does not find by itself; each defaults to the bundler's own address. */
export interface ModelAddresses {
  /** `ort-wasm-simd-threaded.wasm` of `onnxruntime-web`. */
  readonly runtimeBinary?: string | URL | undefined;
  /** `ort-wasm-simd-threaded.mjs` of `onnxruntime-web`. */
  readonly runtimeModule?: string | URL | undefined;
  /** `face_mesh_solution_packed_assets.data` of `@mediapipe/face_mesh`. */
  readonly meshAssets?: string | URL | undefined;
  /** `face_detection_full_range.tflite` of `@mediapipe/face_detection`. */
  readonly detection?: string | URL | undefined;
  /** Folder with the `.safetensors` files of `@telltale/core/models`; ends with a slash. */
  readonly weights?: string | URL | undefined;
}

/** Each address stands whole inside `new URL`: a bundler sees it only so. */
export const bundled: Readonly<Record<Exclude<keyof ModelAddresses, 'weights'>, URL>> = {
  runtimeBinary: new URL('onnxruntime-web/ort-wasm-simd-threaded.wasm', import.meta.url),
  runtimeModule: new URL('onnxruntime-web/ort-wasm-simd-threaded.mjs', import.meta.url),
  meshAssets: new URL(
    '@mediapipe/face_mesh/face_mesh_solution_packed_assets.data',
    import.meta.url,
  ),
  detection: new URL('@mediapipe/face_detection/face_detection_full_range.tflite', import.meta.url),
};

/** Weights that ship, by file name. A test holds the list against `shippedRecognizers`. */
export const bundledWeights: Readonly<Record<string, URL>> = {
  'merba-flow28.safetensors': new URL(
    '@telltale/core/models/merba-flow28.safetensors',
    import.meta.url,
  ),
  'mfdan-flow28.safetensors': new URL(
    '@telltale/core/models/mfdan-flow28.safetensors',
    import.meta.url,
  ),
  'mfdan-face112.safetensors': new URL(
    '@telltale/core/models/mfdan-face112.safetensors',
    import.meta.url,
  ),
  'svm-rbf-flow28.safetensors': new URL(
    '@telltale/core/models/svm-rbf-flow28.safetensors',
    import.meta.url,
  ),
  'densemix-face28.safetensors': new URL(
    '@telltale/core/models/densemix-face28.safetensors',
    import.meta.url,
  ),
  'densemix-flow28.safetensors': new URL(
    '@telltale/core/models/densemix-flow28.safetensors',
    import.meta.url,
  ),
  'merba-awake28.safetensors': new URL(
    '@telltale/core/models/merba-awake28.safetensors',
    import.meta.url,
  ),
};

/** The recognizer of action units that ships. A test holds its name against `shippedUnits`. */
export const bundledUnits: URL = new URL(
  '@telltale/core/models/units-flow28.safetensors',
  import.meta.url,
);

/**
 * Bytes of a file that is served beside the script.
 *
 * @throws WebError `MODEL_UNREADABLE`
 */
export async function fetchAsset(address: string | URL): Promise<Uint8Array> {
  try {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`.trim());
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    throw new WebError('MODEL_UNREADABLE', { name: String(address) }, { cause });
  }
}
