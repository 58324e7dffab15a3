/** @file Whether the page is being printed: what is drawn in pixels is drawn for paper then, and nothing is folded away. */
import { flushSync } from 'svelte';

/** Width of what is drawn for paper, pixels: A4 within its margins. */
export const PAPER = 680;

/** Reactive. */
export const printing: { isOn: boolean } = $state({ isOn: false });

// The browser lays the paper out as soon as this event was handled.
addEventListener('beforeprint', () => flushSync(() => (printing.isOn = true)));
addEventListener('afterprint', () => (printing.isOn = false));
