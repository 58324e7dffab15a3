/** @file Images of a dataset to the inputs of a network, plane by plane. */
import {
  findNetwork,
  imagesUsed,
  planesOf,
  prepareInput,
  type FaceImages,
  type InputPlane,
  type NetworkConfig,
  type ImageName,
} from '../nets/index.ts';
import type { RgbImage } from '../base/image.ts';

/** Images of samples; equal indices belong together. */
export interface SampleImages {
  /** Unique id of each sample. */
  readonly ids: readonly string[];
  /** Flow images. */
  readonly images: readonly RgbImage[];
  /** Face crops, where there are any. */
  readonly faces?: readonly FaceImages[] | undefined;
}

/** What a network is given. */
export interface PreparedInputs {
  /** Shape `[planes, size, size]` each. */
  readonly inputs: readonly Float32Array[];
  /** What each plane of the inputs shows, in order. */
  readonly planes: readonly InputPlane[];
  /** The images that the inputs are made of. */
  readonly used: readonly ImageName[];
}

/**
 * The inputs of a network.
 *
 * @throws TelltaleError `DATASET_INVALID` where faces are missing that the network looks at;
 *   `SHAPE_MISMATCH` for images of another size
 */
export function inputsOf(
  network: string,
  config: NetworkConfig,
  { ids, images, faces }: SampleImages,
): PreparedInputs {
  const planes = planesOf(findNetwork(network), config);
  const samples = ids.map((id, i) => ({ id, ...(faces && { faces: faces[i]! }) }));
  const used = imagesUsed(planes, samples);
  const inputs = images.map((flow, i) =>
    prepareInput({ flow, ...faces?.[i] }, planes, config.size),
  );
  return { inputs, planes, used };
}
