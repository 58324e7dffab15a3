/** @file `telltale spot` refuses a format that its options contradict, before the clip is looked for. */
import { expect, test } from 'vitest';

import { spotCommand } from '../commands/spot.ts';
import { createProgram } from '../program.ts';

test.each([
  ['--csv-locale comma', 'intervals.xlsx', '--csv-locale comma'],
  ['--csv-locale comma', 'intervals.eaf', '--csv-locale comma'],
  ['--csv-locale comma', 'intervals.json', '--csv-locale comma'],
  ['--json', 'intervals.xlsx', '--json'],
  ['--json', 'intervals.eaf', '--json'],
])('%s with --out %s', async (words, out, named) => {
  const program = createProgram([spotCommand()]);
  const line = ['spot', 'no-such-clip.mp4', ...words.split(' '), '--out', out];
  await expect(program.parseAsync(line, { from: 'user' })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringContaining(named) as string,
  });
});
