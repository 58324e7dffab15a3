import { defineConfig } from 'vite';

export default defineConfig({
  // The worker is an ES module and loads further ones.
  worker: { format: 'es' },
  // The development server must leave `new URL('…', import.meta.url)` in the package as it is.
  optimizeDeps: { exclude: ['@telltale/web'] },
});
