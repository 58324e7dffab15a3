/**
 * @file Transfer learning: a training that is initialized from the trunk of pretrained weights.
 *
 * After Gan, Xiao, Zhu, Jain and Struc 2024 (Knowledge-Based Systems 305, 112640): the head is new;
 * in the first epochs it and the end of the trunk are trained while the rest is frozen, then all
 * of it is trained at a tenth of the rate (ours, as the paper's schedule is not public). A frozen part
 * keeps its running statistics too: its normalization is that of inference.
 */
import { EngineError, inferenceContext, readSafetensors } from '@telltale/engine';
import type { Context, NamedArray, Parameter, Safetensors, Shape } from '@telltale/engine';

import { TelltaleError } from '../base/errors.ts';
import { sha256 } from '../base/sha256.ts';
import { currentNames, fineClasses, shapesOf } from '../nets/index.ts';
import type { Network, NetworkConfig } from '../nets/index.ts';
import type { Recipe } from './recipe.ts';

/** What a training is initialized from. Plain JSON. */
export interface Transfer {
  /** SHA-256 of the file of weights, hexadecimal. */
  readonly weights: string;
  /** Epochs in which only the end of the trunk and the head are trained; the rest of the recipe's epochs follow. */
  readonly frozen: number;
  /** What the learning rate of the epochs that follow is divided by. */
  readonly slower: number;
  /** Only the branch that was pretrained is taken; the rest of the network is new, and is never frozen. */
  readonly branch?: true;
  /** The head is taken too, since the classes are the same; absent where it is initialized again. */
  readonly whole?: true;
}

/** Trained numbers by name. */
type Tensors = Safetensors['tensors'];

/**
 * A quarter of the epochs frozen, then a tenth of the rate. Where a branch alone is taken, then the recipe's own rate: most of
 * the network is new, and would learn little at less.
 */
export function transferOf(bytes: Uint8Array, recipe: Recipe, network?: Network): Transfer {
  const branch = network !== undefined && isBranch(network, readFile(bytes));
  return {
    weights: sha256(bytes),
    frozen: Math.max(1, Math.round(recipe.epochs / 4)),
    slower: branch ? 1 : 10,
    ...(branch && { branch }),
  };
}

/** Whether weights hold a branch of the network alone. */
function isBranch({ transfer }: Network, { metadata }: Safetensors): boolean {
  return transfer?.branch !== undefined && metadata['pretrained'] !== undefined;
}

/** The parameters of a network that a transfer takes, with their shapes: all but the head, of the branch alone where that was pretrained. */
function trunkShapes(
  network: Network,
  config: NetworkConfig,
  isOfBranch: boolean,
): (readonly [name: string, shape: Shape])[] {
  const { head, branch } = network.transfer!;
  const source = isOfBranch ? branch! : network;
  return [...shapesOf(source, config)].filter(([name]) => !isBelow(name, head));
}

/**
 * The trunk in a file of weights, of `telltale pretrain` or `telltale train`, for a network.
 *
 * @throws TelltaleError `WEIGHTS_CORRUPT`; `OPTION_INVALID` for a network that takes nothing over;
 *   `WEIGHTS_MISMATCH` for weights of another network or of another trunk
 */
export function trunkOf(bytes: Uint8Array, network: Network, config: NetworkConfig): Tensors {
  const file = readFile(bytes);
  const { tensors, metadata } = file;
  const { transfer } = network;
  if (transfer === undefined) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `network ${network.name} cannot be initialized from other weights`,
      'Leave --from out, or choose densemix or mfdan.',
    );
  }
  if (metadata['network'] !== network.name) {
    throw mismatch(
      `they belong to network '${metadata['network'] ?? 'unnamed'}', not to ${network.name}`,
    );
  }
  const trunk = trunkShapes(network, config, isBranch(network, file));
  return take(trunk, currentNames(network, Object.entries(tensors)), metadata['config']);
}

/** Those parameters, each of the shape that the network has. */
function take(
  params: readonly (readonly [name: string, shape: Shape])[],
  tensors: ReadonlyMap<string, NamedArray>,
  config = 'unnamed',
): Tensors {
  const taken = params.map(([name, shape]) => {
    const found = tensors.get(name);
    if (found?.shape.join() !== shape.join()) {
      throw mismatch(
        `${name} has shape [${shape.join(', ')}] in this configuration, ${found ? `[${found.shape.join(', ')}]` : 'and is missing'} in the weights (configuration ${config})`,
      );
    }
    return [name, found] as const;
  });
  return Object.fromEntries(taken);
}

/** A training before its initialization is chosen. */
export interface Beginner {
  /** The network to initialize. */
  readonly network: Network;
  /** Its configuration. */
  readonly config: NetworkConfig;
  /** Names, in the order of the network's outputs. */
  readonly classes: readonly string[];
  /** The recipe of training from random weights. */
  readonly recipe: Recipe;
}

/** Whether a network can be initialized from these weights: as a transfer, or because they are its own. */
export function canBegin(bytes: Uint8Array, { name, transfer }: Network): boolean {
  return transfer !== undefined || readFile(bytes).metadata['network'] === name;
}

/**
 * How a training is initialized from weights.
 *
 * Weights of the same network for the same classes are taken as a whole and trained at the recipe's
 * own rate. Of all others the trunk is taken, as a transfer.
 *
 * @returns `from` for the task, `trunk` for the settings it is opened with
 * @throws TelltaleError as {@link trunkOf}
 */
export function beginWith(
  bytes: Uint8Array,
  { network, config, classes, recipe }: Beginner,
): { readonly from: Transfer; readonly trunk: Tensors } {
  const { tensors, metadata } = readFile(bytes);
  if (metadata['network'] !== network.name || metadata['classes'] !== JSON.stringify(classes))
    return { from: transferOf(bytes, recipe, network), trunk: trunkOf(bytes, network, config) };
  const found = currentNames(network, Object.entries(tensors));
  // With fine classes the head has other shapes, and starts new.
  const isTaken = ([name]: readonly [string, unknown]): boolean =>
    fineClasses(config).length === 0 || !isBelow(name, ['head']);
  const trunk = take([...shapesOf(network, config)].filter(isTaken), found, metadata['config']);
  return { from: { weights: sha256(bytes), frozen: 0, slower: 1, whole: true }, trunk };
}

/** Names of parameters, one of each kind: `*` stands for numbers, and what lies below a layer is left out. */
export interface Beginning {
  /** Taken from the weights. */
  readonly taken: readonly string[];
  /** Initialized randomly. */
  readonly fresh: readonly string[];
}

/** Which parameters of a network are initialized from weights, and which randomly. */
export function beginningOf(
  { network, config }: Pick<Beginner, 'network' | 'config'>,
  trunk: Tensors,
): Beginning {
  const kind = (name: string): string =>
    name.replace(/\.(weight|bias|mean|variance)$/, '').replace(/\.\d+(?=\.|$)/g, '.*');
  const names = [...shapesOf(network, config).keys()];
  const kinds = (some: readonly string[]): string[] => [...new Set(some.map(kind))];
  return {
    taken: kinds(names.filter((name) => Object.hasOwn(trunk, name))),
    fresh: kinds(names.filter((name) => !Object.hasOwn(trunk, name))),
  };
}

/** One stage of a training, with its own schedule. */
export interface Stage {
  /** Epochs, rates and augmentation of this stage alone. */
  readonly recipe: Recipe;
  /** Whether a parameter is frozen. */
  readonly stays: (name: string) => boolean;
}

/**
 * The parts of a training: one, or for a transfer two.
 *
 * @throws TelltaleError `OPTION_INVALID` where the first part is not shorter than the whole
 */
export function stagesOf(
  recipe: Recipe,
  transfer: Transfer | undefined,
  { network, config }: { readonly network: Network; readonly config: NetworkConfig },
): readonly Stage[] {
  const all = { recipe, stays: () => false };
  if (transfer === undefined || network.transfer === undefined) return [all];
  const { frozen, slower } = transfer;
  if (!(Number.isInteger(frozen) && frozen >= 0 && frozen < recipe.epochs && slower > 0)) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `${frozen} of ${recipe.epochs} epochs with a frozen trunk, then the rate divided by ${slower}`,
      'Train for more epochs, at least 2.',
    );
  }
  const learning = [...network.transfer.head, ...network.transfer.last(config)];
  const trunk = new Set(
    trunkShapes(network, config, transfer.branch === true).map(([name]) => name),
  );
  const later = {
    recipe: {
      ...recipe,
      epochs: recipe.epochs - frozen,
      learningRate: recipe.learningRate / slower,
    },
    stays: () => false,
  };
  const first = {
    recipe: { ...recipe, epochs: frozen },
    stays: (name: string) => trunk.has(name) && !isBelow(name, learning),
  };
  return frozen === 0 ? [later] : [first, later];
}

/** The parameters with some of them frozen. */
export function freezeParameters<P extends object>(
  params: P,
  stays: (name: string) => boolean,
  path = '',
): P {
  const change = (value: unknown, name: string): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if ((value as Partial<Parameter>).data instanceof Float32Array)
      return stays(name) ? { ...value, trainable: false } : value;
    return freezeParameters(value, stays, name);
  };
  const inner = (key: string | number): string => (path === '' ? String(key) : `${path}.${key}`);
  if (Array.isArray(params)) return params.map((value, i) => change(value, inner(i))) as never;
  return Object.fromEntries(
    Object.entries(params).map(([key, value]) => [key, change(value, inner(key))]),
  ) as P;
}

/** A context in which frozen normalizations use their running statistics, and keep them. */
export function freezeContext(context: Context, stays: (name: string) => boolean): Context {
  const inUse = inferenceContext();
  return {
    ...context,
    batchNorm: (x, parameters, options) =>
      stays(parameters.weight.name.replace(/^weight\./, ''))
        ? inUse.batchNorm(x, parameters, options)
        : context.batchNorm(x, parameters, options),
  };
}

/** Whether a parameter is one of these or below one of these. */
function isBelow(name: string, heads: readonly string[]): boolean {
  return heads.some((head) => name === head || name.startsWith(`${head}.`));
}

function readFile(bytes: Uint8Array): Safetensors {
  try {
    return readSafetensors(bytes);
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause;
    throw new TelltaleError('WEIGHTS_CORRUPT', cause.message, cause.hint, { cause });
  }
}

function mismatch(why: string): TelltaleError {
  return new TelltaleError(
    'WEIGHTS_MISMATCH',
    `the weights to initialize from do not fit: ${why}`,
    'Give weights that "telltale pretrain" made for this network with a configuration of the same trunk.',
  );
}
