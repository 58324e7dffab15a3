/** @file What is answered without Commander is what Commander answers. */
import { describe, expect, test, vi } from 'vitest';

import { loadAllCommands } from './command-list.ts';
import { answerTo, mistakeIn } from './overview.ts';
import { createProgram, runProgram } from './program.ts';

/** What Commander writes to both streams, on a terminal of so many columns where there is one. */
async function commanders(words: readonly string[], columns?: number) {
  const program = createProgram(await loadAllCommands());
  const written = { out: '', status: 0 };
  program.configureOutput({
    writeOut: (text) => void (written.out += text),
    getOutHelpWidth: () => columns as number,
    getOutHasColors: () => false,
  });
  let error = '';
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    error += String(text);
    return true;
  });
  try {
    written.status = await runProgram(program, words);
  } finally {
    spy.mockRestore();
  }
  return { ...written, error };
}

describe('without Commander', () => {
  test.each([undefined, 20, 60, 73, 80, 81, 97, 120, 1000])(
    'the help is the same on %s columns',
    async (columns) => {
      for (const word of ['--help', '-h']) {
        const { out } = await commanders([word], columns);
        expect(answerTo([word], columns)).toBe(out);
      }
    },
  );

  test('the version is the same', async () => {
    for (const word of ['--version', '-V']) {
      expect(answerTo([word])).toBe((await commanders([word])).out);
    }
  });

  test('an unknown option is the same mistake, or left to Commander', async () => {
    const unknown = ['--unknown', '--json', '--b', '--ver', '--overwrite', '--package', '--x y', '---', '--ünknown', '--frobnicate-the-clip']; // prettier-ignore
    const near = ['--hepl', '--hel', '--verison', '--helpful', '--vision', '--verbose'];
    const other = ['-x', '--', '-', '', 'analyse', '--json=1', '--help', '-V'];
    for (const word of unknown) {
      const mistake = mistakeIn([word]);
      expect(mistake, word).toBeDefined();
      const { code, message, hint } = mistake!;
      const { error, status } = await commanders([word]);
      expect({ error, status }).toEqual({ error: `error ${code}: ${message}\n${hint}\n`, status: 2 }); // prettier-ignore
    }
    for (const word of [...near, ...other]) expect(mistakeIn([word]), word).toBeUndefined();
  });

  test('only a line of one word is answered', () => {
    for (const words of [[], ['--help', 'analyze'], ['--unknown', 'x'], ['analyze', '--help']]) {
      expect(answerTo(words)).toBeUndefined();
      expect(mistakeIn(words)).toBeUndefined();
    }
  });
});
