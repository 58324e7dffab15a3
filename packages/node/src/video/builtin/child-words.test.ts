import { expect, test } from 'vitest';

import { childWords } from './child-words.ts';

test('a program on the command line is not run again by the processes that it starts', () => {
  const words = [
    '--input-type=module',
    '--conditions=source',
    '-e',
    'await run()',
    '--no-warnings',
  ];
  expect(childWords(words)).toEqual(['--conditions=source', '--no-warnings']);
  expect(childWords(['--inspect-brk=0', '--eval=run()', '-p', '1 + 1'])).toEqual([]);
  expect(childWords(['--import', './test/typescript.mjs'])).toEqual([
    '--import',
    './test/typescript.mjs',
  ]);
});
