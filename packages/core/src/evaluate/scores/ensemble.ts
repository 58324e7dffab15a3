/**
 * @file An ensemble of methods: the mean of their probabilities, fold by fold.
 *
 * Lakshminarayanan, Pritzel and Blundell 2017, "Simple and Scalable Predictive Uncertainty
 * Estimation using Deep Ensembles", NeurIPS, §2.4. No weight is fitted, so nothing can leak:
 * each member was trained without the tested subject.
 */
import { TelltaleError } from '../../base/errors.ts';
import type { Plan, PlannedMethod } from '../plan/plan.ts';
import type { FoldRecord } from '../folds/fold.ts';

/**
 * Ensembles in the order in which they are named: `ensemble`, `ensemble-2` and so on.
 *
 * @throws TelltaleError `OPTION_INVALID` as {@link ensembleRecords}
 */
export function allEnsembles(
  plan: Plan,
  records: readonly FoldRecord[],
  ensembles: readonly (readonly string[])[],
): MethodRecords[] {
  return ensembles.map((names, i) =>
    ensembleRecords(plan, records, names, i === 0 ? 'ensemble' : `ensemble-${i + 1}`),
  );
}

/** A method with the records of its folds. */
export interface MethodRecords {
  /** The method's entry in the plan. */
  readonly method: PlannedMethod;
  /** One per fold and seed. */
  readonly records: readonly FoldRecord[];
}

/**
 * The ensemble of the named methods; the time of a record is the sum over the members.
 *
 * @param records - of all folds of all methods
 * @param name - of its row
 * @throws TelltaleError `OPTION_INVALID` for fewer than two names, a repeated name, or a name that is not in the plan
 */
export function ensembleRecords(
  plan: Plan,
  records: readonly FoldRecord[],
  names: readonly string[],
  name = 'ensemble',
): MethodRecords {
  const known = plan.methods.map(({ name }) => name);
  const wrong = names.find((name, i) => !known.includes(name) || names.indexOf(name) < i);
  if (wrong !== undefined || names.length < 2) {
    throw new TelltaleError(
      'OPTION_INVALID',
      wrong === undefined
        ? `an ensemble of ${names.length} methods`
        : `an ensemble with '${wrong}'${known.includes(wrong) ? ' twice' : ', which is not evaluated'}`,
      `Name at least two of: ${known.join(', ')}.`,
    );
  }
  const [first, ...others] = names.map((member) => {
    const own = records.filter(({ method }) => method === member);
    return new Map(own.map((record) => [`${record.seed}/${record.subject}`, record]));
  });
  const method: PlannedMethod = {
    name,
    label: `mean of ${names.join(', ')}`,
    paper:
      'Lakshminarayanan et al. 2017, Simple and Scalable Predictive Uncertainty Estimation using Deep Ensembles, NeurIPS',
    settings: { kind: 'ensemble', members: names },
  };
  return {
    method,
    records: [...first!].map(([fold, record]) => {
      const members = [record, ...others.map((member) => member.get(fold)!)];
      const { schema, seed, subject, train, test, digest } = record; // the rest comes from the members
      return {
        ...{ schema, plan: record.plan, seed, subject, train, test, digest },
        method: name,
        name: `${name}-${fold}`,
        probabilities: meanOf(members.map(({ probabilities }) => probabilities)),
        epochs: Math.max(...members.map(({ epochs }) => epochs)),
        losses: [],
        seconds: members.reduce((sum, { seconds }) => sum + seconds, 0),
      };
    }),
  };
}

function meanOf(tables: readonly (readonly (readonly number[])[])[]): number[][] {
  return tables[0]!.map((row, i) =>
    row.map((_, k) => tables.reduce((sum, table) => sum + table[i]![k]!, 0) / tables.length),
  );
}
