/** @file Names on the command line, and in plans, become methods. */
import { TelltaleError } from '@telltale/core';
import {
  merbaVariants,
  networkMethod,
  networkSettings,
  settingsDiffering,
} from '@telltale/core/evaluate';
import type { Method, NetworkSettings, PlannedMethod } from '@telltale/core/evaluate';
import { findNetwork } from '@telltale/core/nets';

/** What a person chose. */
export interface MethodChoice {
  readonly network?: string | undefined;
  readonly networks?: string | undefined;
  readonly config?: string | undefined;
  readonly epochs?: number | undefined;
  readonly ablation: boolean;
}

/** A method as a plan takes it. */
export type Row = Pick<PlannedMethod, 'name' | 'label' | 'paper' | 'settings'>;

/**
 * The rows of the table.
 *
 * @throws TelltaleError `OPTION_INVALID`
 */
export function chosenRows(choice: MethodChoice, classes: readonly string[]): Row[] {
  const { network, networks, config, epochs, ablation } = choice;
  if (ablation) return ablationRows(choice, classes);
  if (network !== undefined && networks !== undefined) {
    throw invalid('--network and --networks are both given', 'Give one of them.');
  }
  const names = networks?.split(',').map((name) => name.trim()) ?? [network ?? 'merba'];
  if (names.length > 1 && config !== undefined) {
    throw invalid(
      '--config is given with several networks',
      'Name the configuration behind each: ststnet:authors.',
    );
  }
  const rows = names.map((word) => {
    const [name, own] = word.split(':') as [string, string?];
    return networkRow(name, own ?? config, { classes, epochs });
  });
  const double = rows.find(({ name }, i) => rows.findIndex((row) => row.name === name) < i);
  if (double) throw invalid(`${double.name} is named twice`, 'Name every network once.');
  return rows;
}

function networkRow(
  network: string,
  config: string | undefined,
  { classes, epochs }: { readonly classes: readonly string[]; readonly epochs: number | undefined },
): Row {
  const { paper } = findNetwork(network);
  const name = config === undefined ? network : `${network}-${config}`;
  const settings = networkSettings(network, classes, { config, epochs });
  return { name, label: name, paper, settings: { ...settings } };
}

function ablationRows(choice: MethodChoice, classes: readonly string[]): Row[] {
  const { network, networks, config, epochs } = choice;
  if (networks !== undefined || (network ?? 'merba') !== 'merba') {
    throw invalid(
      `--ablation is given with ${networks ?? network!}`,
      'The ablation takes MERba apart; leave the network out.',
    );
  }
  const { paper } = findNetwork('merba');
  return merbaVariants.map(({ name, label, changes }) => ({
    name,
    label,
    paper,
    settings: { ...networkSettings('merba', classes, { config, epochs, changes }) },
  }));
}

/**
 * The method that a plan names, from the code of now.
 *
 * @throws TelltaleError `CHECKPOINT_MISMATCH` where this code would do something else than was planned
 */
export function plannedMethod(planned: PlannedMethod, classes: readonly string[]): Method {
  const kept = planned.settings as unknown as NetworkSettings;
  const now = networkSettings(kept.network, classes, {
    config: kept.config,
    epochs: kept.recipe.epochs,
    changes: kept.changes,
  });
  const told = settingsDiffering({ ...planned, settings: { ...now } }, planned);
  if (told.length > 0) {
    throw new TelltaleError(
      'CHECKPOINT_MISMATCH',
      `this version of telltale computes something else than was planned: ${told.join('; ')}`,
      'Use the version that the run was planned with, or plan it anew with another --out.',
    );
  }
  return networkMethod(planned.name, planned.paper, now);
}

function invalid(message: string, hint: string): TelltaleError {
  return new TelltaleError('OPTION_INVALID', message, hint);
}
