/**
 * @file How much script an import of the library costs: each entry below bundled by itself, minified, without its dependencies' own
 * runtimes (ONNX Runtime is passed in by the caller).
 *
 * `npm run build && node bench/size.mjs` writes bench/results/size.json; a test holds `analyze` under a ceiling.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { build } from 'vite';

/** What is measured: a name for the table, and the module. */
export const imports = {
  "import { analyze } from '@telltale/core'": "export { analyze } from '@telltale/core';",
  "import { readReport } from '@telltale/core'": "export { readReport } from '@telltale/core';",
  "import { TelltaleError } from '@telltale/core/errors'":
    "export { TelltaleError } from '@telltale/core/errors';",
  "import { openRecognizer } from '@telltale/core/recognize'":
    "export { openRecognizer } from '@telltale/core/recognize';",
};

/**
 * Bytes of a module with everything that it needs, tree-shaken.
 *
 * @param {string} code - of the entry
 * @returns {Promise<{ minified: number, gzip: number }>}
 */
export async function sizeOf(code) {
  const entry = '\0entry.js';
  const result = await build({
    root: fileURLToPath(new URL('..', import.meta.url)),
    configFile: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === 'entry.js' ? entry : undefined),
        load: (id) => (id === entry ? code : undefined),
      },
    ],
    build: {
      write: false,
      minify: 'esbuild',
      target: 'es2022',
      rollupOptions: {
        input: 'entry.js',
        preserveEntrySignatures: 'strict',
        output: { format: 'es' },
      },
    },
  });
  const { output } = Array.isArray(result) ? result[0] : result;
  const text = output.map((chunk) => (chunk.type === 'chunk' ? chunk.code : chunk.source)).join('');
  return { minified: Buffer.byteLength(text), gzip: gzipSync(text, { level: 9 }).length };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const sizes = {};
  for (const [name, code] of Object.entries(imports)) {
    sizes[name] = await sizeOf(code);
    console.log(`${name}: ${sizes[name].minified} bytes, ${sizes[name].gzip} compressed`);
  }
  const made = 'npm run build && node bench/size.mjs';
  const path = fileURLToPath(new URL('results/size.json', import.meta.url));
  writeFileSync(path, `${JSON.stringify({ made, unit: 'bytes', sizes }, null, 2)}\n`);
}
