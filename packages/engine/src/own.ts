/** @file Look-ups in records by names that come from outside. */

/** The value of an own property; undefined for other names, such as `constructor`. */
export function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
