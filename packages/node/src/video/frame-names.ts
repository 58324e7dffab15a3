/** @file Which images of a folder are the frames of its clip, in which order, and which numbers are missing among them. */
import { extname } from 'node:path';

/** The frames of a folder. */
export interface FrameNames {
  /** File names in order; undefined where a number is missing between others: nothing is known of that frame. */
  readonly slots: readonly (string | undefined)[];
  /** Images that are named unlike most others, or stand for a frame that has another image. */
  readonly others: readonly string[];
}

/** No folder has so many missing frames between its frames, for each frame that it has. */
const MOST_MISSING = 10;

/**
 * Orders the images of a folder by the numbers in their names: `img2` before `img10`.
 *
 * Where the names differ in one number alone, and most of these are one step apart, frames are missing between those
 * that are more steps apart. Numbers without a common step (times, chosen frames) are only an order.
 */
export function frameNames(names: readonly string[]): FrameNames {
  const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
  // Names that compare as equal still need the same order on every system.
  const sorted = [...names].sort((a, b) => collator.compare(a, b) || (a < b ? -1 : 1));
  const { alike, others } = byPattern(sorted);
  const numbers = numbersOf(alike);
  if (numbers === undefined) return { slots: alike, others };
  const slots: (string | undefined)[] = [];
  const step = stepOf(numbers);
  for (const [i, name] of alike.entries()) {
    const steps = i === 0 || step === undefined ? 1 : (numbers[i]! - numbers[i - 1]!) / step;
    for (let missing = 1; missing < steps; missing++) slots.push(undefined);
    slots.push(name);
  }
  return { slots, others };
}

/** A name with `#` for each of its numbers, without its extension. */
function patternOf(name: string): string {
  const stem = name.slice(0, name.length - extname(name).length);
  return stem.normalize('NFKC').toLowerCase().replaceAll(/\d+/g, '#');
}

/** Names of the pattern that more than two thirds have, and the others; all of them where there is no such pattern. */
function byPattern(names: readonly string[]): { alike: string[]; others: string[] } {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(patternOf(name), (counts.get(patternOf(name)) ?? 0) + 1);
  const [pattern, count] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a));
  if (!pattern.includes('#') || 3 * count <= 2 * names.length)
    return { alike: [...names], others: [] };
  const alike = names.filter((name) => patternOf(name) === pattern);
  const seen = new Map<string, string>();
  for (const name of alike) {
    const key = numbersIn(name).join(' ');
    if (!seen.has(key)) seen.set(key, name);
  }
  const first = new Set(seen.values());
  return {
    alike: alike.filter((name) => first.has(name)),
    others: names.filter((name) => !first.has(name)),
  };
}

function numbersIn(name: string): number[] {
  const stem = name.slice(0, name.length - extname(name).length);
  return (stem.normalize('NFKC').match(/\d+/g) ?? []).map(Number);
}

/** The number of each name, where they differ in one place alone and rise. */
function numbersOf(names: readonly string[]): number[] | undefined {
  const all = names.map(numbersIn);
  const places = all[0]!.map((_, place) => place).filter((place) => all.some((numbers) => numbers[place] !== all[0]![place])); // prettier-ignore
  if (places.length !== 1 || all.some((numbers) => numbers.length !== all[0]!.length))
    return undefined;
  const numbers = all.map((one) => one[places[0]!]!);
  return numbers.every((number, i) => i === 0 || number > numbers[i - 1]!) ? numbers : undefined;
}

/** The step that most numbers are apart, where all others are a multiple of it. */
function stepOf(numbers: readonly number[]): number | undefined {
  const apart = numbers.slice(1).map((number, i) => number - numbers[i]!);
  const step = apart.reduce((a, b) => Math.min(a, b), Infinity);
  const regular = apart.filter((one) => one === step).length;
  const missing = apart.reduce((sum, one) => sum + one / step - 1, 0);
  const fits = apart.every((one) => one % step === 0) && 2 * regular > apart.length;
  return fits && apart.length > 1 && missing <= MOST_MISSING * numbers.length ? step : undefined;
}
