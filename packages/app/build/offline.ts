/** @file Writes the list of files that the service worker keeps for use without a network. */
import type { Plugin } from 'vite';

import { DECODER } from './decoder.ts';

/** Files beyond this are kept when they are first used, not before; bytes. */
const LARGE = 20_000_000;
/**
 * Kept when they are first used as well: ONNX Runtime with WebGPU, only for large user-supplied models on a GPU, and the
 * one large file of weights.
 */
const RARE = /[./](?:webgpu-runtime|ort-wasm-simd-threaded\.jspi|mfdan-face112)\b/;

/** `offline.json`: the build's version and the files that are fetched at the first visit. */
export function offlineList(): Plugin {
  return {
    name: 'telltale-offline-list',
    apply: 'build',
    generateBundle(_, bundle) {
      const files = Object.values(bundle)
        .filter((file) => !file.fileName.endsWith('.map') && file.fileName !== 'service-worker.js')
        .filter((file) => !file.fileName.startsWith(`${DECODER}/`))
        .filter((file) => file.type === 'chunk' || file.source.length < LARGE)
        .filter((file) => !RARE.test(file.fileName))
        .map((file) => file.fileName)
        .sort();
      const version = files.join().replaceAll(/[^\w]/g, '').slice(-1) + hash(files.join());
      this.emitFile({
        type: 'asset',
        fileName: 'offline.json',
        source: `${JSON.stringify({ version, files: ['./', ...files] })}\n`,
      });
    },
  };
}

/** FNV-1a of a text, 32 bits, hexadecimal: file names hold the hashes of their content. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ character.codePointAt(0)!, 0x01000193);
  return (value >>> 0).toString(16).padStart(8, '0');
}
