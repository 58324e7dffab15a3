/**
 * @file A recognizer on the GPU (WebGPU), where that is worth it.
 *
 * The recognizers that ship take milliseconds on the CPU, less than a GPU needs to start their many small operations.
 * So the GPU is tried for a model of the user that is slow on the CPU, and kept where it agrees with the CPU and is
 * faster. Its runtime, 17 MB, is fetched only then. Whatever fails on the GPU is computed on the CPU.
 */
import type { Ort, RgbImage, Recognizer, RecognizerOptions } from '@telltale/core';

/** Whether a model may run on the GPU: where it is faster, wherever there is a GPU, or nowhere. */
export type WebGpu = 'auto' | 'always' | 'never';

/** A recognizer, and where it runs. */
export interface PlacedRecognizer {
  /** Ready to classify. */
  readonly recognizer: Recognizer;
  /** Where it runs. */
  readonly on: 'cpu' | 'gpu';
}

/** Milliseconds of one inference from which on ten of them take as long as fetching and starting another runtime. */
const SLOW = 250;
/** Largest difference of probabilities: both compute with 32 bits, in another order. */
const TOLERANCE = 1e-3;

/** What is used of `navigator.gpu`. */
interface Gpu {
  requestAdapter(): Promise<{ readonly info: { readonly isFallbackAdapter?: boolean } } | null>;
}

/**
 * The recognizer as it is, or the same on the GPU.
 *
 * @param open - opens it once more, in another runtime
 */
export async function placeRecognizer(
  recognizer: Recognizer,
  open: (runtime: Ort, options: RecognizerOptions) => Promise<Recognizer>,
  webgpu: WebGpu,
): Promise<PlacedRecognizer> {
  const onCpu: PlacedRecognizer = { recognizer, on: 'cpu' };
  if (webgpu === 'never') return onCpu;
  const cpu = await measure(recognizer);
  if ((webgpu === 'auto' && cpu.duration < SLOW) || !(await hasGpu(webgpu))) return onCpu;
  let other: Recognizer | undefined;
  try {
    const { webgpuRuntime } = await import('./webgpu-runtime.ts');
    other = await open(webgpuRuntime, { providers: ['webgpu'] });
    const gpu = await measure(other);
    const agrees = cpu.probabilities.every(
      (p, i) => Math.abs(p - gpu.probabilities[i]!) <= TOLERANCE,
    );
    if (agrees && (webgpu === 'always' || gpu.duration < cpu.duration)) {
      return { recognizer: withFallback(other, recognizer), on: 'gpu' };
    }
  } catch {
    // No runtime, no device, an unsupported operator: the CPU can do all of it.
  }
  await other?.release();
  return onCpu;
}

/** Whether there is a GPU; a software fallback counts only with `always`. */
async function hasGpu(webgpu: WebGpu): Promise<boolean> {
  const { gpu } = navigator as unknown as { readonly gpu?: Gpu };
  try {
    const adapter = await gpu?.requestAdapter();
    if (adapter === null || adapter === undefined) return false;
    return webgpu === 'always' || adapter.info.isFallbackAdapter !== true;
  } catch {
    return false;
  }
}

/** The first that answers: a GPU device can be lost at any moment. */
function withFallback(first: Recognizer, second: Recognizer): Recognizer {
  return {
    ...first,
    async classify(inputs) {
      try {
        return await first.classify(inputs);
      } catch {
        return second.classify(inputs);
      }
    },
    async release() {
      await first.release();
      await second.release();
    },
  };
}

/** Probabilities for synthetic images, and the duration of the second inference in milliseconds: the first one prepares. */
async function measure(
  recognizer: Recognizer,
): Promise<{ readonly probabilities: Float32Array; readonly duration: number }> {
  const { size, images } = recognizer;
  const image = (seed: number): RgbImage => ({
    data: Uint8ClampedArray.from({ length: 3 * size * size }, (_, i) => (i * seed) % 251),
    width: size,
    height: size,
    channels: 3,
  });
  const input = {
    flow: image(73),
    ...Object.fromEntries(images.map((name, i) => [name, image(73 + 10 * i)])),
  };
  await recognizer.classify([input]);
  const start = performance.now();
  const [probabilities] = await recognizer.classify([input]);
  return { probabilities: probabilities!, duration: performance.now() - start };
}
