/** @file Opens the WebAssembly kernels that the `kernels.wasm.ts` files embed. */
import { decodeBase64 } from './base64.ts';

/** The part of the WebAssembly interface that is used: every browser and Node have it, the ECMAScript library types do not. */
declare const WebAssembly: {
  instantiate(bytes: Uint8Array): Promise<{ readonly instance: { readonly exports: unknown } }>;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/**
 * A fresh instance of a module with a memory of its own.
 *
 * @param module - base64
 * @returns its exports, not typed: the caller knows them
 */
export async function instantiate(module: string): Promise<unknown> {
  const { instance } = await WebAssembly.instantiate(decodeBase64(module));
  return instance.exports;
}

/**
 * As {@link instantiate}, at once: for small modules. Some browsers refuse more than 4 kB in the thread of a page.
 *
 * @param module - base64
 */
export function instantiateNow(module: string): unknown {
  return new WebAssembly.Instance(new WebAssembly.Module(decodeBase64(module))).exports;
}
