/** @file Look-ups in tables by names that come from outside. */

/** The value of an own property; undefined for other names, such as `constructor`. */
export function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
