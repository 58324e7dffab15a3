/** @file Long lists and full views in pieces, so that the page answers in between. */

/**
 * Counts up to a total, a step with every picture of the screen: what is behind it is built in as many tasks.
 *
 * Call it where a component begins.
 */
export function growing(total: () => number, step: number): { readonly count: number } {
  let count = $state(step);
  $effect(() => {
    if (count >= total()) return;
    const request = requestAnimationFrame(() => (count += step));
    return () => cancelAnimationFrame(request);
  });
  return {
    get count() {
      return count;
    },
  };
}
