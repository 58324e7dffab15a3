import { defineConfig } from 'vitest/config';

/** Sources are resolved through the export condition, so tests need no build. */
const resolve = { conditions: ['@telltale/source'] };

export default defineConfig({
  resolve,
  ssr: { resolve: { conditions: ['@telltale/source', 'node', 'import', 'default'] } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['**/*.browser.test.ts', '**/node_modules/**'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          pool: 'forks',
        },
      },
    ],
  },
});
