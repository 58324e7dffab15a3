/** @file The list of networks that training, export, tests and documents walk. */
import { TelltaleError } from '../base/errors.ts';
import { denseMixNetwork } from './densemix.ts';
import { gaussianNetwork } from './gaussian.ts';
import { merbaNetwork } from './merba.ts';
import { mfdanNetwork } from './mfdan.ts';
import type { Network, NetworkConfig } from './network.ts';
import { offApexNetNetwork } from './offapexnet.ts';
import { ststnetNetwork } from './ststnet.ts';
import { unitEmotionsNetwork } from './unit-emotions.ts';

/** Networks that are trained, by name. */
export const networks: Readonly<Record<string, Network>> = {
  merba: merbaNetwork,
  mfdan: mfdanNetwork,
  densemix: denseMixNetwork,
  ststnet: ststnetNetwork,
  offapexnet: offApexNetNetwork,
};

/** Networks whose layers are solved, not trained in steps: their weights are read and run like those of any other. */
const solved: Readonly<Record<string, Network>> = {
  units: unitEmotionsNetwork,
  'svm-rbf': gaussianNetwork,
};

/** Every network that weights can be of, by name. */
export const readableNetworks: Readonly<Record<string, Network>> = { ...networks, ...solved };

/**
 * A network by name.
 *
 * @throws TelltaleError OPTION_INVALID if there is none of this name
 */
export function findNetwork(name: string): Network {
  const network = Object.hasOwn(networks, name) ? networks[name] : undefined;
  if (!network)
    throw new TelltaleError(
      'OPTION_INVALID',
      `there is no network '${name}'`,
      `Choose one of: ${Object.keys(networks).join(', ')}.`,
    );
  return network;
}

/**
 * A named config of a network.
 *
 * @throws TelltaleError OPTION_INVALID if the network has none of this name
 */
export function findConfig(network: Network, name: string): NetworkConfig {
  const config = Object.hasOwn(network.configs, name) ? network.configs[name] : undefined;
  if (!config)
    throw new TelltaleError(
      'OPTION_INVALID',
      `network ${network.name} has no config '${name}'`,
      `Choose one of: ${Object.keys(network.configs).join(', ')}.`,
    );
  return config;
}
