/** @file Look-ups in records whose keys come from outside. */

/** The value of an own property; undefined for other names, those of `Object.prototype` too. */
export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
