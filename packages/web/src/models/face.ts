/** @file The face models, from the packages that ship them. */
import { openFaceModels } from '@telltale/core';
import type { FaceModels } from '@telltale/core';

import { bundled, fetchAsset, type ModelAddresses } from './assets.ts';
import { loadRuntime } from './runtime.ts';

/** Options of {@link openFace}. */
export interface FaceOptions {
  /** Threads of all networks of this page or worker together. @defaultValue 1 */
  readonly threads?: number | undefined;
  /** Where files are served, for bundlers that do not find them. */
  readonly addresses?: ModelAddresses | undefined;
}

/**
 * Opens MediaPipe's face detector and mesh.
 *
 * @throws TelltaleError `FILE_UNREADABLE` where a file is not served; `OPTION_INVALID`
 */
export async function openFace({ threads, addresses = {} }: FaceOptions = {}): Promise<FaceModels> {
  const runtime = await loadRuntime(threads, addresses);
  const [meshAssets, detection] = await Promise.all([
    fetchAsset(addresses.meshAssets ?? bundled.meshAssets),
    fetchAsset(addresses.detection ?? bundled.detection),
  ]);
  return openFaceModels(runtime, { meshAssets, detection });
}
