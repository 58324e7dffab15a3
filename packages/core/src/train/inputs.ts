/** @file Pictures of a dataset become the inputs of a network, plane by plane. */
import {
  findNetwork,
  picturesUsed,
  planesOf,
  prepareInput,
  type FaceImages,
  type InputPlane,
  type NetworkConfig,
  type ImageName,
} from '../nets/index.ts';
import type { RgbImage } from '../base/image.ts';

/** Pictures of samples; equal indices belong together. */
export interface SamplePictures {
  readonly ids: readonly string[];
  /** Flow pictures. */
  readonly pictures: readonly RgbImage[];
  /** Pictures of the face, where there are any. */
  readonly faces?: readonly FaceImages[] | undefined;
}

/** What a network is given. */
export interface PreparedInputs {
  /** Shape `[planes, size, size]` each. */
  readonly inputs: readonly Float32Array[];
  readonly planes: readonly InputPlane[];
  /** The pictures that the inputs are made of. */
  readonly used: readonly ImageName[];
}

/**
 * The inputs of a network.
 *
 * @throws TelltaleError `DATASET_INVALID` where faces are missing that the network looks at;
 *   `SHAPE_MISMATCH` for pictures of another size
 */
export function inputsOf(
  network: string,
  config: NetworkConfig,
  { ids, pictures, faces }: SamplePictures,
): PreparedInputs {
  const planes = planesOf(findNetwork(network), config);
  const samples = ids.map((id, i) => ({ id, ...(faces && { faces: faces[i]! }) }));
  const used = picturesUsed(planes, samples);
  const inputs = pictures.map((flow, i) =>
    prepareInput({ flow, ...faces?.[i] }, planes, config.size),
  );
  return { inputs, planes, used };
}
