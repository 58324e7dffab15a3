import { availableParallelism } from 'node:os';

import { defineConfig } from 'vitest/config';

/** Sources are resolved through the export condition, so tests need no build. */
const resolve = { conditions: ['@telltale/source'] };

/** Workers and processes that a test starts run the sources too. */
const execArgv = [
  '--import',
  new URL('test/typescript.mjs', import.meta.url).href,
  '--conditions=@telltale/source',
];

export default defineConfig({
  resolve,
  ssr: { resolve: { conditions: ['@telltale/source', 'node', 'import', 'default'] } },
  test: {
    // Tests of the engine and the core load ONNX Runtime themselves: its telemetry is off here too.
    env: { ORT_DISABLE_TELEMETRY: '1' },
    // Vitest leaves a core free; where there are two, that is half of the machine.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['packages/*/src/**/*.test.ts'],
          exclude: ['**/*.browser.test.ts', '**/node_modules/**'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          pool: 'forks',
          execArgv,
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
          testTimeout: 600_000,
          hookTimeout: 300_000,
          pool: 'forks',
          execArgv,
        },
      },
    ],
  },
});
