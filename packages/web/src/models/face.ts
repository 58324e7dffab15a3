/** @file The face models, from the packages that ship them. */
import type { FaceModels } from '@telltale/core';
import {
  faceModelsOf,
  openFaceDetector,
  openFaceMeshKernels,
  type FaceNetwork,
} from '@telltale/core/face';

import { bundled, fetchAsset, type ModelAddresses } from './assets.ts';
import { loadRuntime } from './runtime.ts';

/** Options of {@link openFace}. */
export interface FaceOptions {
  /** Threads of all networks of this page or worker together. @defaultValue 1 */
  readonly threads?: number | undefined;
  /** Where files are served, for bundlers that do not find them. */
  readonly addresses?: ModelAddresses | undefined;
  /** Opened elsewhere. @defaultValue opened here */
  readonly mesh?: Promise<FaceNetwork> | undefined;
}

/**
 * Opens MediaPipe's face detector and mesh.
 *
 * @throws TelltaleError `FILE_UNREADABLE` where a file is not served; `OPTION_INVALID`
 */
export async function openFace({ mesh, ...options }: FaceOptions = {}): Promise<FaceModels> {
  const { threads, addresses = {} } = options;
  const runtime = await loadRuntime(threads, addresses);
  const detection = await fetchAsset(addresses.detection ?? bundled.detection);
  const [detector, other] = await Promise.all([
    openFaceDetector(runtime, detection),
    mesh ?? openMesh(options),
  ]);
  return faceModelsOf({ detector, mesh: other });
}

/**
 * Opens MediaPipe's mesh alone. It runs without ONNX Runtime, on the thread that calls it.
 *
 * @throws TelltaleError as {@link openFace}
 */
export async function openMesh({
  addresses = {},
}: Pick<FaceOptions, 'addresses'> = {}): Promise<FaceNetwork> {
  return openFaceMeshKernels(await fetchAsset(addresses.meshAssets ?? bundled.meshAssets));
}
