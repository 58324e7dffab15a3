/** One rule set for all packages; what needs the import graph is in .dependency-cruiser.mjs. */
import { defineConfig } from 'eslint/config';
import jsdoc from 'eslint-plugin-jsdoc';
import svelte from 'eslint-plugin-svelte';
import tsdoc from 'eslint-plugin-tsdoc';
import tseslint from 'typescript-eslint';

import { ownKeys } from './scripts/own-keys.mjs';

const tests = ['**/*.test.ts', '**/*.cases.ts', 'test/**', 'bench/**', 'scripts/**'];

export default defineConfig(
  {
    ignores: [
      '**/dist/',
      '**/node_modules/',
      'packages/core/kernels/',
      'demo-output/',
      '**/*.wasm.ts',
    ],
  },
  tseslint.configs.strictTypeChecked,
  {
    files: ['**/*.ts'],
    languageOptions: {
      parserOptions: { project: './tsconfig.tools.json', tsconfigRootDir: import.meta.dirname },
    },
    plugins: { jsdoc, tsdoc },
    rules: {
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'tsdoc/syntax': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off', // indexed typed arrays inside checked loops
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    ignores: tests,
    rules: {
      'jsdoc/require-jsdoc': [
        'error',
        {
          publicOnly: true,
          require: { FunctionDeclaration: true, ClassDeclaration: true },
          contexts: [
            'TSInterfaceDeclaration',
            'TSTypeAliasDeclaration',
            'ExportNamedDeclaration > VariableDeclaration',
          ],
        },
      ],
      'jsdoc/require-description': 'error',
      'jsdoc/informative-docs': 'error',
    },
  },
  {
    files: ['packages/engine/src/**/*.ts', 'packages/core/src/**/*.ts'],
    ignores: tests,
    rules: {
      'no-restricted-globals': [
        'error',
        'process',
        'Buffer',
        'window',
        'document',
        'fetch',
        'Date',
        'performance',
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Use base/random.' },
      ],
    },
  },
  {
    files: ['packages/*/src/**/*.ts', 'bench/**', 'scripts/**'],
    ignores: ['**/*.test.ts', '**/*.cases.ts', 'packages/node/src/runtime.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'onnxruntime-node',
              message:
                "Call loadRuntime() of @telltale/node, which turns the runtime's telemetry off first.",
            },
          ],
        },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "ImportExpression[source.value='onnxruntime-node']",
          message:
            "Call loadRuntime() of @telltale/node, which turns the runtime's telemetry off first.",
        },
      ],
    },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    ignores: tests,
    plugins: { telltale: { rules: { 'own-keys': ownKeys } } },
    rules: { 'telltale/own-keys': 'error' },
  },
  { files: ['packages/cli/src/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: tests,
    rules: {
      'no-console': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  { files: ['**/*.js', '**/*.mjs'], extends: [tseslint.configs.disableTypeChecked] },
  ...svelte.configs.recommended,
  {
    // Types inside components are checked by svelte-check; here the rules that need none.
    files: ['**/*.svelte'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: { 'max-lines': ['error', { max: 450, skipBlankLines: true, skipComments: true }] },
  },
  {
    files: ['**/*.svelte.ts'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { project: './tsconfig.tools.json', tsconfigRootDir: import.meta.dirname },
    },
  },
);
