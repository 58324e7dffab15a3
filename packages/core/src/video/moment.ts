/** @file Entry point of `@telltale/core/moment`: a moment of a clip in words, for command lines, without what reads clips. */

/** Seconds of `80`, `80.5`, `1:20` and `0:01:20.5`; undefined of anything else. */
export function momentOf(text: string): number | undefined {
  const parts = text.trim().split(':');
  const isValid =
    parts.length <= 3 &&
    parts.every((part, i) => (i === parts.length - 1 ? /^\d+(?:\.\d+)?$/ : /^\d+$/).test(part)) &&
    parts.slice(1).every((part) => Number(part) < 60);
  return isValid ? parts.reduce((sum, part) => 60 * sum + Number(part), 0) : undefined;
}
