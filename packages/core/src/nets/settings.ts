/**
 * @file Checks of configurations that come from a file: the ranges that networks share.
 *
 * Each network has the schema of its own configuration beside its type. The
 * ranges are wide, but leave no size with which making the network would take
 * long or much memory; the shapes that follow from a configuration are compared
 * with those of the file by `assertShapes`.
 */
import { parameterShapes, type Shape } from '@telltale/engine';

import { TelltaleError } from '../base/errors.ts';
import * as is from '../base/shape.ts';
import { shapesOnly } from './layers.ts';
import { currentNames, type Network, type NetworkConfig } from './network.ts';

/** The members of every configuration. */
export const common: Readonly<Record<'classes' | 'size', is.Shape>> = {
  classes: is.integer(1, 1000),
  size: is.integer(4, 1024),
};

/** A number of channels, filters or units. */
export const width: is.Shape = is.integer(1, 8192);

/** A rate at which something is dropped. */
export const rate: is.Shape = is.number(0, 0.99);

/** A value for each stage of a network. */
export const perStage = (shape: is.Shape): is.Shape => is.listOf(shape, { least: 1, most: 12 });

/** Blocks or layers of each stage. */
export const depths: is.Shape = perStage(is.integer(1, 64));

/** A condition on several members of a configuration whose types are checked already. */
export function where(holds: (config: never) => boolean, message: string): is.Shape {
  return (value, path) => (holds(value as never) ? undefined : `${path}: ${message}`);
}

/** Heads of at least `headDim` channels that divide `d`. */
export function dividesIntoHeads(d: number, headDim: number): boolean {
  return d % Math.max(1, Math.floor(d / headDim)) === 0;
}

/**
 * A configuration from outside.
 *
 * @throws TelltaleError `OPTION_INVALID` naming the member that is wrong
 */
export function checkSettings(network: Network, value: unknown): NetworkConfig {
  const wrong = network.settings(value, 'settings');
  if (wrong === undefined) return value as NetworkConfig;
  throw new TelltaleError(
    'OPTION_INVALID',
    `not a configuration of network ${network.name}: ${wrong}`,
    'Use the settings of a configuration that the network has, or change them within their ranges.',
  );
}

/** The shapes of a network's parameters by name, without making the parameters. */
export function shapesOf(network: Network, config: NetworkConfig): ReadonlyMap<string, Shape> {
  return parameterShapes(network.init(config, shapesOnly));
}

/**
 * Compares the header of a weights file with a network, before memory is allocated for either.
 *
 * @param file - shapes by the names in the file, of version 0.1 or of this one
 * @throws TelltaleError `OPTION_INVALID` for a configuration that cannot be made; `WEIGHTS_MISMATCH`
 *   where a tensor is missing, has another shape, or belongs to no parameter
 */
export function assertShapes(
  network: Network,
  config: NetworkConfig,
  file: ReadonlyMap<string, Shape>,
): void {
  const expected = shapesOf(network, config);
  const found = currentNames(network, file);
  for (const [name, shape] of expected) {
    const there = found.get(name);
    if (there?.join() === shape.join()) continue;
    throw mismatch(
      network,
      `parameter ${name} has shape [${shape.join(', ')}] in the network, ${there ? `[${there.join(', ')}]` : 'and is missing'} in the weights`,
    );
  }
  const used = new Set<string>();
  for (const name of file.keys()) {
    const [now] = currentNames(network, [[name, 0]]).keys();
    if (!expected.has(now!)) throw mismatch(network, `the network has no parameter '${name}'`);
    if (used.has(now!))
      throw mismatch(network, `the weights have ${now!} twice, once as '${name}'`);
    used.add(now!);
  }
}

function mismatch({ name }: Network, why: string): TelltaleError {
  return new TelltaleError(
    'WEIGHTS_MISMATCH',
    `the weights do not fit network ${name}: ${why}`,
    'Use weights that were trained with this network and these settings.',
  );
}
