/** @file What the record of a fold must look like to be believed, whatever its digest. */
import * as is from '../../base/shape.ts';

const pair: is.Shape = (value, path) => is.listOf(is.text, { least: 2, most: 2 })(value, path);
const probabilities = is.listOf(is.listOf(is.number(0, 1 + 1e-6))); // rounded
const textOrNumber: is.Shape = (value, path) =>
  typeof value === 'string' ? undefined : is.number()(value, path);

const record = is.members({
  schema: is.oneOf('telltale.fold/1'),
  plan: is.text,
  name: is.text,
  method: is.text,
  seed: is.integer(0, 2 ** 53),
  subject: is.text,
  train: is.listOf(pair),
  test: is.listOf(pair),
  probabilities,
  fine: is.optional(probabilities),
  epochs: is.integer(0),
  // JSON has no number that is not finite, and writes null in its place.
  losses: is.listOf(is.nullable(is.number())),
  chosen: is.optional(is.tableOf(textOrNumber)),
  inner: is.optional(
    is.members({ subjects: is.listOf(is.text), epoch: is.integer(0), train: is.listOf(is.text) }),
  ),
  leaky: is.optional(is.members({ epoch: is.integer(0), probabilities })),
  seconds: is.number(0),
  digest: is.text,
});

/** The lists of a record whose lengths must agree. */
interface Rows {
  readonly test: readonly unknown[];
  readonly probabilities: readonly (readonly number[])[];
  readonly fine?: readonly (readonly number[])[];
  readonly leaky?: { readonly probabilities: readonly (readonly number[])[] };
}

/** What is wrong with a value that should be the record of a fold of this many classes. */
export function recordProblem(value: unknown, classes: number): string | undefined {
  const wrong = record(value, 'record');
  if (wrong !== undefined) return wrong;
  const { probabilities: honest, fine, leaky, test } = value as Rows;
  if (fine !== undefined && fine.length !== test.length)
    return `record has ${fine.length} rows of fine probabilities for ${test.length} samples`;
  for (const [name, rows] of Object.entries({
    probabilities: honest,
    leaky: leaky?.probabilities,
  })) {
    if (rows === undefined) continue;
    if (rows.length !== test.length) {
      return `record has ${rows.length} rows of ${name} for ${test.length} samples`;
    }
    const other = rows.find((row) => row.length !== classes);
    if (other !== undefined) return `record has ${other.length} ${name} for ${classes} classes`;
  }
  return undefined;
}
