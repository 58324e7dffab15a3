/** @file From names on the command line and in plans to methods. */
import { TelltaleError } from '@telltale/core';
import { classicalMethods as machines } from '@telltale/core/classical';
import {
  networkMethod,
  networkSettings,
  settingsDiffering,
  UNITS_METHOD,
  unitsMethod,
  variantsOf,
} from '@telltale/core/evaluate';
import type { Method, NetworkSettings, PlannedMethod, Variant } from '@telltale/core/evaluate';
import { findConfig, findNetwork, partsOf } from '@telltale/core/nets';
import { canBegin, recipeOf } from '@telltale/core/train';
import type { FineClass } from '@telltale/core/train';

import { NO_START, shippedStart } from '../train/start.ts';
import { synthesizeFaces } from './synthetic-faces.ts';

/** The methods chosen on the command line. */
export interface MethodChoice {
  readonly network?: string | undefined;
  readonly networks?: string | undefined;
  readonly config?: string | undefined;
  readonly epochs?: number | undefined;
  /** All rows of an ablation (`true`), or those whose names have one of these words, separated by commas. */
  readonly ablation: boolean | string;
  readonly classical: boolean;
  /**
   * Bytes of weights: networks that can be initialized from them get a second row in which they are. `none`: random
   * initialization.
   *
   * @defaultValue each network's own initialization
   */
  readonly start?: Uint8Array | 'none' | undefined;
  /** Fine classes below the classes: networks that take them get a second row that is trained with them. */
  readonly fine?: readonly FineClass[] | undefined;
  /** Receives a line for each row of an ablation that the weights do not fit. */
  readonly note?: (line: string) => void;
}

/** Methods other than networks: support vector machines, and emotions inferred from action units. */
const classicalMethods: Readonly<Record<string, Method>> = {
  ...machines,
  [UNITS_METHOD]: unitsMethod(synthesizeFaces),
};

/** What `--classical` adds: the support vector machines and small networks that the field compares with. */
const BASELINES = [...Object.keys(machines), 'ststnet', 'offapexnet'];

/** A method of a plan, with its initial weights. */
export interface Row extends Pick<PlannedMethod, 'name' | 'label' | 'paper' | 'settings'> {
  /** Initial weights of its trainings. */
  readonly start?: Uint8Array;
}

/**
 * The rows of the table.
 *
 * @throws TelltaleError `OPTION_INVALID`
 */
export function chosenRows(choice: MethodChoice, classes: readonly string[]): Row[] {
  const { network, networks, config, epochs, ablation } = choice;
  if (ablation !== false) return ablationRows(choice, classes);
  if (network !== undefined && networks !== undefined) {
    throw invalid('--network and --networks are both given', 'Give one of them.');
  }
  const named = networks?.split(',').map((name) => name.trim()) ?? [network ?? 'merba'];
  const more = choice.classical ? BASELINES.filter((name) => !named.includes(name)) : [];
  const names = [...named, ...more];
  if (named.length > 1 && config !== undefined) {
    throw invalid(
      '--config is given with several networks',
      'Name the configuration behind each: ststnet:authors.',
    );
  }
  const given = choice.start === NO_START ? undefined : choice.start;
  const rows = names.flatMap((word) => {
    const [name, own] = word.split(':') as [string, string?];
    const usual = more.includes(name) ? undefined : config;
    const classical = classicalRow(name, own ?? usual);
    if (classical) return [classical];
    const row = (from?: Uint8Array): Row =>
      networkRow(name, own ?? usual, { classes, epochs, from, plain: choice.start === NO_START });
    const found = given && canBegin(given, findNetwork(name)) ? [row(), row(given)] : [row()];
    const { fine } = choice;
    if (fine === undefined || findNetwork(name).fineLoss === undefined) return found;
    const plain = choice.start === NO_START;
    return [
      ...found,
      networkRow(name, own ?? usual, { classes, epochs, from: given, plain, fine }),
    ];
  });
  if (choice.fine !== undefined && !rows.some(({ name }) => name.endsWith('-fine'))) {
    throw invalid(
      `--fine is given, and none of ${names.join(', ')} has a head of two granularities`,
      'Add merba, or leave --fine out.',
    );
  }
  if (given && !rows.some(({ start }) => start === given)) {
    throw invalid(
      `--from is given, and none of ${names.join(', ')} can be initialized from weights`,
      'Add densemix or mfdan, or leave --from out.',
    );
  }
  const double = rows.find(({ name }, i) => rows.findIndex((row) => row.name === name) < i);
  if (double) throw invalid(`${double.name} is named twice`, 'Name every network once.');
  return rows;
}

/**
 * Refuses options of training in epochs where no row is a network.
 *
 * @param given - the options that were given, such as `--epochs`
 * @throws TelltaleError `OPTION_INVALID`
 */
export function assertNetworks(rows: readonly Row[], given: readonly string[]): void {
  const [flag] = given;
  if (flag === undefined || rows.some(({ settings }) => settings['kind'] === 'network')) return;
  throw invalid(
    `${flag} has no effect: none of ${rows.map(({ name }) => name).join(', ')} is a network`,
    'Leave it out, or add a network.',
  );
}

function classicalRow(name: string, config: string | undefined): Row | undefined {
  const method = Object.hasOwn(classicalMethods, name) ? classicalMethods[name] : undefined;
  if (method === undefined) return undefined;
  if (config !== undefined) {
    throw invalid(`${name} has no configuration ${config}`, `Write ${name} alone.`);
  }
  return { name, label: name, paper: method.paper, settings: method.settings };
}

function networkRow(
  network: string,
  config: string | undefined,
  { classes, epochs, from, plain: isRandom, fine }: RowOptions,
): Row {
  const { paper } = findNetwork(network);
  const { config: used } = recipeOf(network, config);
  const start = from ?? (isRandom ? undefined : shippedStart(network, used, classes));
  const plain = config === undefined ? network : `${network}-${config}`;
  const [name, label] = fine
    ? [`${plain}-fine`, `${plain}, fine classes`]
    : from === undefined
      ? [plain, plain]
      : [`${plain}-pretrained`, `${plain}, pretrained`];
  const changes = fine && { fine };
  const settings = networkSettings(network, classes, { config, epochs, from: start, changes });
  return { name, label, paper, settings: { ...settings }, ...(start && { start }) };
}

/** Options of a network's row. */
interface RowOptions {
  readonly classes: readonly string[];
  readonly epochs: number | undefined;
  /** Initial weights of a second row. */
  readonly from?: Uint8Array | undefined;
  /** Random initialization. */
  readonly plain: boolean;
  /** Fine classes below the classes. */
  readonly fine?: readonly FineClass[];
}

function ablationRows(choice: MethodChoice, classes: readonly string[]): Row[] {
  const { network = 'merba', config, epochs, ablation } = choice;
  if (Object.hasOwn(classicalMethods, network)) {
    throw invalid(`--ablation is given with ${network}`, 'Choose a network: it has parts.');
  }
  const found = findNetwork(network);
  const { config: used } = recipeOf(network, config);
  const start = choice.start === NO_START ? undefined : choice.start;
  const variants = variantsOf(network, partsOf(found, findConfig(found, used)));
  return wantedVariants(variants, ablation).flatMap(({ name, label, changes }) => {
    const row = (from?: Uint8Array): Row => ({
      ...{ name, label, paper: found.paper },
      settings: { ...networkSettings(network, classes, { config, epochs, changes, from }) },
      ...(from && { start: from }),
    });
    if (start === undefined) return [row()];
    try {
      return [row(start)];
    } catch (error) {
      if (
        !(error instanceof TelltaleError) ||
        error.code !== 'WEIGHTS_MISMATCH' ||
        name === network
      )
        throw error;
      choice.note?.(`${label}: left out, because the weights of --from do not fit it`);
      return [];
    }
  });
}

/** The first, which the others are compared with, and those whose names have one of the words. */
function wantedVariants(
  [whole, ...others]: readonly Variant[],
  ablation: boolean | string,
): readonly Variant[] {
  if (typeof ablation === 'boolean') return [whole!, ...others];
  const words = ablation.split(',').map((word) => word.trim());
  const unknown = words.find((word) => word === '' || !others.some(({ name }) => name.includes(word))); // prettier-ignore
  if (unknown !== undefined) {
    throw invalid(
      `no row of the ablation has '${unknown}' in its name`,
      `Choose words of: ${others.map(({ name }) => name).join(', ')}.`,
    );
  }
  return [whole!, ...others.filter(({ name }) => words.some((word) => name.includes(word)))];
}

/**
 * The method that a plan names, by the current code.
 *
 * @throws TelltaleError `CHECKPOINT_MISMATCH` where the current code computes something other than planned
 */
export function plannedMethod(planned: PlannedMethod, classes: readonly string[]): Method {
  const method = currentMethod(planned, classes);
  const differences = settingsDiffering({ ...planned, settings: method.settings }, planned);
  if (differences.length > 0) {
    throw new TelltaleError(
      'CHECKPOINT_MISMATCH',
      `this version of telltale computes something other than planned: ${differences.join('; ')}`,
      'Use the version that the run was planned with, or plan again with another --out.',
    );
  }
  return method;
}

function currentMethod(
  { name, paper, settings }: PlannedMethod,
  classes: readonly string[],
): Method {
  if (Object.hasOwn(classicalMethods, name)) return classicalMethods[name]!;
  const { network, config, recipe, changes, from } = settings as unknown as NetworkSettings;
  const now = networkSettings(network, classes, { config, epochs: recipe.epochs, changes, from });
  return networkMethod(name, paper, now);
}

function invalid(message: string, hint: string): TelltaleError {
  return new TelltaleError('OPTION_INVALID', message, hint);
}

/** The names in each of several options such as `merba,mfdan`. */
export function ensemblesOf(lists: readonly string[] = []): string[][] {
  return lists.map((list) => list.split(',').flatMap((name) => name.trim() || []));
}
