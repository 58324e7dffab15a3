/** @file Identifies the edition of a dataset by its content, not by its name. */
import { own } from '../base/own.ts';
import { countAnnotations } from './annotation.ts';
import type { Annotation, Counts, Edition } from './annotation.ts';

/** One number that is not what it should be. */
export interface CountDifference {
  /** `clips`, `macro-expressions`, `subjects`, or an emotion. */
  readonly what: string;
  /** Number in this copy. */
  readonly found: number;
  /** Published number. */
  readonly expected: number;
}

/** What a dataset holds, beside what it should hold. */
export interface EditionVerdict {
  /** Of micro-expressions. */
  readonly counts: Counts;
  /** Macro-expressions. */
  readonly macro: number;
  /** The edition whose numbers are nearest; nothing where none is published. */
  readonly edition?: Edition;
  /** Empty where all published numbers are met. */
  readonly differences: readonly CountDifference[];
  /** What is counted and has no published number: `macro-expressions`, `subjects`, emotions. */
  readonly uncompared: readonly string[];
}

/**
 * Finds the edition that annotations belong to: nearest in the number of clips, then with the smallest share of its
 * numbers unmet. An edition with few published numbers is not nearer for that.
 */
export function identifyEdition(
  annotations: readonly Annotation[],
  editions: readonly Edition[],
): EditionVerdict {
  const micro = annotations.filter(({ kind }) => kind === 'micro');
  const found = { counts: countAnnotations(micro), macro: annotations.length - micro.length };
  let best: EditionVerdict | undefined;
  let least: readonly [number, number] = [Infinity, Infinity];
  for (const edition of editions) {
    const differences = differencesFrom(edition, found);
    const numbers = 2 + Object.keys(edition.classes ?? {}).length;
    const far = [
      Math.abs(found.counts.clips - edition.clips),
      differences.length / numbers,
    ] as const;
    if (far[0] > least[0] || (far[0] === least[0] && far[1] >= least[1])) continue;
    least = far;
    best = { ...found, edition, differences, uncompared: uncomparedWith(edition, found) };
  }
  return best ?? { ...found, differences: [], uncompared: uncomparedWith(undefined, found) };
}

/** What no number is published for. */
export function uncomparedWith(
  edition: Omit<Edition, 'name' | 'source'> | undefined,
  { counts, macro }: Pick<EditionVerdict, 'counts' | 'macro'>,
): string[] {
  const { classes = {}, labels } = edition ?? {};
  const isPublished = (name: string): boolean =>
    Object.hasOwn(classes, name) || (labels !== undefined && !labels.includes(name));
  return [
    ...(edition === undefined ? ['clips'] : []),
    ...(macro > 0 && edition?.macro === undefined ? ['macro-expressions'] : []),
    ...(edition?.subjects === undefined ? ['subjects'] : []),
    ...Object.keys(counts.classes).filter((name) => !isPublished(name)),
  ];
}

/** Every published number that is not met. */
export function differencesFrom(
  edition: Omit<Edition, 'name' | 'source'>,
  { counts, macro }: Pick<EditionVerdict, 'counts' | 'macro'>,
): CountDifference[] {
  const { clips, subjects = counts.subjects, classes = {}, labels } = edition;
  const foreign = Object.keys(counts.classes).filter((name) => labels?.includes(name) === false);
  const pairs: [string, number, number][] = [
    ['clips', counts.clips, clips],
    ['macro-expressions', macro, edition.macro ?? macro],
    ['subjects', counts.subjects, subjects],
    ...Object.entries(classes).map(([name, expected]): [string, number, number] => [
      name,
      own(counts.classes, name) ?? 0,
      expected,
    ]),
    ...foreign.map((name): [string, number, number] => [name, own(counts.classes, name)!, 0]),
  ];
  return pairs.flatMap(([what, is, expected]) =>
    is === expected ? [] : [{ what, found: is, expected }],
  );
}

/** `disgust 62, not 63; subjects 25, not 26`. */
export function showDifferences(differences: readonly CountDifference[]): string {
  return differences
    .map(({ what, found, expected }) => `${what} ${found}, not ${expected}`)
    .join('; ');
}
