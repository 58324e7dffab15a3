/** @file The examples in the README, and a clip for them. */
import { readFileSync } from 'node:fs';

import { expect } from 'vitest';

import { telltale } from './telltale.ts';

/** The example of the README that imports a package; it is JavaScript as well. */
export function readmeExample(name: '@telltale/node' | '@telltale/web'): string {
  const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const blocks = [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code!);
  const examples = blocks.filter((code) => code.includes(`from '${name}'`));
  expect(examples).toHaveLength(1);
  return examples[0]!;
}

/** Makes a clip of two seconds with one movement; its truth lies beside it, as `.json`. */
export async function makeClip(path: string): Promise<void> {
  const { status, stderr } = await telltale(
    'synth',
    '--out',
    path,
    '--seconds',
    '2',
    '--seed',
    '3',
  );
  expect(status, stderr).toBe(0);
}

/** Checks that what the example printed is one micro-expression, at the time that the truth states. */
export function expectPlanted(printed: string, truth: string): void {
  const { events } = JSON.parse(readFileSync(truth, 'utf8')) as {
    readonly events: readonly Record<'onset' | 'apex', { readonly time: number }>[];
  };
  const [, onset, apex] = /^micro \w+ ([\d.]+) ([\d.]+)\n$/.exec(printed) ?? [];
  expect(Math.abs(Number(onset) - events[0]!.onset.time), printed).toBeLessThan(0.1);
  expect(Math.abs(Number(apex) - events[0]!.apex.time), printed).toBeLessThan(0.1);
}
