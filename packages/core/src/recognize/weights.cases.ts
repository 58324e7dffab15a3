/** @file Weights files of networks that were never trained, for tests. */
import { flattenParameters, writeSafetensors } from '@telltale/engine';

import { createRandom } from '../base/random.ts';
import { flowPlanes, inputVersion } from '../nets/input.ts';
import { planesOf } from '../nets/network.ts';
import { findConfig, findNetwork } from '../nets/registry.ts';

/** A file of a network, by default of its `flow28`; metadata other than `classes` are written as they come. */
export function encodeCalibrated(
  name: string,
  { classes, ...metadata }: { readonly classes: readonly string[] } & Record<string, unknown>,
  configName = 'flow28',
): Uint8Array {
  const network = findNetwork(name);
  const config = network.forClasses(findConfig(network, configName), classes);
  const planes = planesOf(network, config);
  const params = flattenParameters(network.init(config, createRandom(1)));
  return writeSafetensors({
    tensors: Object.fromEntries(params.map((p) => [p.name, { shape: p.shape, data: p.data }])),
    metadata: {
      network: name,
      config: configName,
      settings: JSON.stringify(config),
      classes: JSON.stringify(classes),
      input: inputVersion,
      ...(planes.some((plane) => !flowPlanes.includes(plane)) && {
        planes: JSON.stringify(planes),
      }),
      ...(metadata as Record<string, string>),
    },
  });
}
