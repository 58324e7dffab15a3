/** The build of the page: everything it needs lies beside it, nothing comes from elsewhere. */
import { fileURLToPath } from 'node:url';

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defaultClientConditions, defineConfig } from 'vite';

import { decoderBeside, decoderVersion } from './build/decoder.ts';
import { licenseList } from './build/licenses.ts';
import { offlineList } from './build/offline.ts';

const licenses = licenseList();

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  plugins: [svelte(), decoderBeside(), licenses.page, offlineList()],
  define: { 'import.meta.env.DECODER_VERSION': JSON.stringify(decoderVersion) },
  resolve: { conditions: ['@telltale/source', ...defaultClientConditions] },
  worker: { format: 'es', plugins: () => [licenses.worker()] },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1024,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: {
        page: fileURLToPath(new URL('index.html', import.meta.url)),
        'service-worker': fileURLToPath(new URL('src/offline/service-worker.ts', import.meta.url)),
      },
      output: {
        entryFileNames: ({ name }) =>
          name === 'service-worker' ? 'service-worker.js' : 'assets/[name]-[hash].js',
      },
    },
  },
});
