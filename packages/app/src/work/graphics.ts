/**
 * @file A recognizer on the graphics processor (WebGPU), where that is worth it.
 *
 * The recognizers that ship answer in milliseconds on the processor, which a graphics processor does not better: it
 * waits longer for its many small steps than they take. So it is tried for a model that a person brought and that is
 * slow here, and kept where it is there, gives the same answers, and gives them sooner. Its runtime, 17 MB, is fetched
 * only then. Whatever goes wrong with it, the processor answers.
 */
import type { Ort, Picture } from '@telltale/core';
import type { Recognizer, RecognizerOptions } from '@telltale/core/recognize';

import type { Graphics } from './protocol.ts';

/** Milliseconds of one answer from which on ten answers take as long as to fetch and start another runtime. */
const SLOW = 250;
/** Furthest that a probability may be from the processor's: both work with 32 bits, in another order. */
const ALIKE = 1e-3;

/** A recognizer that runs where it runs best. */
export interface Placed {
  readonly recognizer: Recognizer;
  readonly on: 'processor' | 'graphics';
}

/** What is used of `navigator.gpu`. */
interface Gpu {
  requestAdapter(): Promise<{ readonly info: { readonly isFallbackAdapter?: boolean } } | null>;
}

/**
 * The recognizer as it is, or the same on the graphics processor.
 *
 * @param open - opens it once more, in another runtime
 * @param wish - `auto` as told above; `always` wherever there is an adapter, however slow
 */
export async function placed(
  recognizer: Recognizer,
  open: (runtime: Ort, options: RecognizerOptions) => Promise<Recognizer>,
  wish: Graphics,
): Promise<Placed> {
  const here: Placed = { recognizer, on: 'processor' };
  if (wish === 'never') return here;
  const mine = await timed(recognizer);
  if ((wish === 'auto' && mine.took < SLOW) || !(await hasGraphics(wish))) return here;
  let other: Recognizer | undefined;
  try {
    const { graphicsRuntime } = await import('./graphics-runtime.ts');
    other = await open(graphicsRuntime, { providers: ['webgpu'] });
    const its = await timed(other);
    const isSame = mine.answer.every((p, i) => Math.abs(p - its.answer[i]!) <= ALIKE);
    if (isSame && (wish === 'always' || its.took < mine.took)) {
      return { recognizer: withRefuge(other, recognizer), on: 'graphics' };
    }
  } catch {
    // No runtime, no device, an operator that it lacks: the processor can do it all.
  }
  await other?.release();
  return here;
}

/** Whether there is a graphics processor; one that is only pretended, on the processor, counts only where it is asked for. */
async function hasGraphics(wish: Graphics): Promise<boolean> {
  const { gpu } = navigator as unknown as { readonly gpu?: Gpu };
  try {
    const adapter = await gpu?.requestAdapter();
    if (adapter === null || adapter === undefined) return false;
    return wish === 'always' || adapter.info.isFallbackAdapter !== true;
  } catch {
    return false;
  }
}

/** The first that answers: a graphics processor can be lost at any moment. */
function withRefuge(first: Recognizer, second: Recognizer): Recognizer {
  return {
    ...first,
    async classify(looks) {
      try {
        return await first.classify(looks);
      } catch {
        return second.classify(looks);
      }
    },
    async release() {
      await first.release();
      await second.release();
    },
  };
}

/** What it says of made-up pictures, and the milliseconds of the second time: the first one prepares. */
async function timed(
  recognizer: Recognizer,
): Promise<{ readonly answer: Float32Array; readonly took: number }> {
  const { size, pictures } = recognizer;
  const made = (seed: number): Picture => ({
    data: Uint8ClampedArray.from({ length: 3 * size * size }, (_, i) => (i * seed) % 251),
    width: size,
    height: size,
    channels: 3,
  });
  const look = {
    flow: made(73),
    ...Object.fromEntries(pictures.map((name, i) => [name, made(73 + 10 * i)])),
  };
  await recognizer.classify([look]);
  const start = performance.now();
  const [answer] = await recognizer.classify([look]);
  return { answer: answer!, took: performance.now() - start };
}
