/** @file What a plan must look like to be used: its file may come from elsewhere, or from a program that was killed. */
import * as is from '../../base/shape.ts';
import type { Plan } from './plan.ts';

/** Part of a file name: nothing of it leads to another folder. */
const fileName: is.Shape = (value, path) =>
  typeof value === 'string' && /^[\w.+-]{1,200}$/.test(value) && !/^\.+$/.test(value)
    ? undefined
    : `${path} is not a name`;

const ids = is.listOf(is.text);

const plan = is.members({
  schema: is.oneOf('telltale.plan/1'),
  telltale: is.text,
  code: is.optional(is.text),
  protocol: is.text,
  protocolRecord: is.optional(
    is.members({
      name: is.text,
      editions: is.tableOf(is.text),
      mismatch: is.listOf(is.text),
      omitted: is.integer(0),
    }),
  ),
  cut: is.optional(is.oneOf('lodo', 'kfold', 'hde')),
  select: is.oneOf('fixed', 'inner'),
  leaky: is.boolean,
  ablation: is.boolean,
  classes: is.listOf(is.text),
  seeds: is.listOf(is.integer(0, 2 ** 53), { least: 1 }),
  methods: is.listOf(
    is.members({
      name: fileName,
      label: is.text,
      paper: is.text,
      settings: is.tableOf(() => undefined),
    }),
    { least: 1 },
  ),
  folder: is.text,
  fingerprint: is.text,
  samples: is.listOf(
    is.members({
      ...{ id: is.text, dataset: is.text, subject: is.text, clip: is.text },
      ...{ emotion: is.text, file: is.text, picture: is.text },
    }),
  ),
  folds: is.listOf(
    is.members({ index: is.integer(0, 1e6), subject: is.text, train: ids, test: ids }),
    { least: 1 },
  ),
});

/** What is wrong with a value that should be a plan. */
export function planProblem(value: unknown): string | undefined {
  const wrong = plan(value, 'plan');
  if (wrong !== undefined) return wrong;
  const { folds, samples } = value as Plan;
  const known = new Set(samples.map(({ id }) => id));
  for (const { index, train, test } of folds) {
    const unknown = [...train, ...test].find((id) => !known.has(id));
    if (unknown !== undefined) return `plan.folds: fold ${index} has no sample "${unknown}"`;
  }
  return undefined;
}
