/** @file Long lists and full views in pieces, so that the page answers in between. */

/**
 * Counts up to a total, one step per animation frame, so that long lists are rendered in several tasks.
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
