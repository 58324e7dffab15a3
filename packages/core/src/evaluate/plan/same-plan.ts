/** @file Whether a run can be resumed: the plan and the data are what it was started with. */
import { TelltaleError } from '../../base/errors.ts';
import { own } from '../../base/own.ts';
import { planHash } from './plan.ts';
import type { Plan, PlannedMethod } from './plan.ts';

/**
 * Refuses to resume a run whose plan differs.
 *
 * @param now - the plan of this command
 * @param kept - the plan of the run
 * @param path - of the run, for the message
 * @throws TelltaleError `DATASET_CHANGED` naming what changed, `CHECKPOINT_MISMATCH` naming every difference
 */
export function assertSamePlan(now: Plan, kept: Plan, path: string): void {
  assertSameData(now, kept, path);
  const names = (methods: readonly PlannedMethod[]): string =>
    methods.map(({ name }) => name).join(', ');
  const differences: string[] = [];
  if (now.code !== kept.code) {
    const which = kept.code === undefined ? 'which did not record its code' : 'whose code differs';
    differences.push(`it was planned by telltale ${kept.telltale}, ${which}`);
  }
  for (const key of ['protocol', 'select', 'leaky', 'ablation', 'seeds'] as const) {
    const [here, there] = [now[key], kept[key]].map((value) => JSON.stringify(value));
    if (here !== there) differences.push(`${key}: ${there!} there, ${here!} now`);
  }
  if (names(now.methods) !== names(kept.methods)) {
    differences.push(`methods: ${names(kept.methods)} there, ${names(now.methods)} now`);
  } else {
    now.methods.forEach((method, i) =>
      differences.push(...settingsDiffering(method, kept.methods[i]!)),
    );
  }
  if (differences.length === 0 && planHash({ ...now, telltale: kept.telltale }) !== planHash(kept))
    differences.push('the plan as a whole');
  if (differences.length === 0) return;
  throw new TelltaleError(
    'CHECKPOINT_MISMATCH',
    `${path} was started with other settings: ${differences.join('; ')}`,
    `Repeat the command that started it${kept.code === now.code ? '' : ` with telltale ${kept.telltale}`}, give another --out, or remove ${path} to start again.${kept.code === now.code ? '' : ` If its folds are all done, "telltale evaluate scores ${path}" scores them with this release.`}`,
  );
}

/** Each setting of a method that differs. */
export function settingsDiffering(now: PlannedMethod, kept: PlannedMethod): string[] {
  const keys = [...new Set([...Object.keys(now.settings), ...Object.keys(kept.settings)])];
  return keys.flatMap((key) => {
    const [here, there] = [own(now.settings, key), own(kept.settings, key)].map((value) =>
      value === undefined ? 'nothing' : JSON.stringify(value),
    );
    if (here === there) return [];
    const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}…` : text);
    return [`${now.name} ${key}: ${short(there!)} there, ${short(here!)} now`];
  });
}

/**
 * Refuses data that are not those of the plan.
 *
 * @throws TelltaleError `DATASET_CHANGED`
 */
export function assertSameData(
  now: Pick<Plan, 'fingerprint' | 'folder' | 'samples'>,
  kept: Plan,
  path: string,
): void {
  if (now.fingerprint === kept.fingerprint) return;
  const before = new Map(kept.samples.map((sample) => [sample.id, sample]));
  const after = new Map(now.samples.map((sample) => [sample.id, sample]));
  const changes = [
    ...now.samples.flatMap((sample) => {
      const old = before.get(sample.id);
      if (old === undefined) return [`${sample.id} is new`];
      if (old.emotion !== sample.emotion)
        return [`${sample.id} was ${old.emotion}, is ${sample.emotion}`];
      return old.picture === sample.picture ? [] : [`the flow image of ${sample.id} changed`];
    }),
    ...kept.samples.flatMap(({ id }) => (after.has(id) ? [] : [`${id} is gone`])),
  ];
  const shown = changes.slice(0, 3).join(', ') || 'the order of its rows changed';
  const more = changes.length > 3 ? `, and ${changes.length - 3} more` : '';
  throw new TelltaleError(
    'DATASET_CHANGED',
    `${now.folder} differs from when ${path} was planned: ${shown}${more}`,
    'Restore the data, or give another --out to evaluate the current data.',
  );
}
