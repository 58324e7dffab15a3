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
          include: ['packages/*/src/**/*.test.ts'],
          exclude: ['**/*.browser.test.ts', '**/node_modules/**'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          pool: 'forks',
        },
      },
      {
        extends: true,
        test: {
          // Tests that start the built program or install the packed packages.
          name: 'built',
          include: ['test/**/*.test.ts'],
          exclude: ['**/*.browser.test.ts', '**/node_modules/**'],
          globalSetup: ['test/build.ts'],
          testTimeout: 180_000,
          hookTimeout: 300_000,
          pool: 'forks',
        },
      },
    ],
  },
});
