import process from 'node:process';

import { TelltaleError } from '@telltale/core';
import { describe, expect, it } from 'vitest';

import { countOf, interruptible, openProgress, reportError } from './terminal.ts';

function recorder(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, columns: 20, written, write: (text: string) => void written.push(text) };
}

describe('openProgress', () => {
  it('keeps one changing line on a terminal, cut to its width, and clears it', () => {
    const stream = recorder(true);
    const progress = openProgress({ stream });
    progress.update('frame 1');
    progress.update('frame 2, and a text longer than the terminal');
    progress.note('epoch 1');
    progress.update('frame\n3');
    progress.end();
    progress.end();
    expect(stream.written).toEqual([
      '\r\u001B[2Kframe 1',
      '\r\u001B[2Kframe 2, and a text',
      '\r\u001B[2Kepoch 1\n',
      '\r\u001B[2Kframe 3',
      '\r\u001B[2K',
    ]);
  });

  it('writes an occasional plain line off a terminal, and every note', () => {
    const stream = recorder(false);
    let time = 0;
    const progress = openProgress({ stream, interval: 100, now: () => time });
    for (time = 0; time <= 250; time += 50) progress.update(`at ${time}`);
    progress.note('kept');
    progress.end();
    expect(stream.written).toEqual(['at 100\n', 'at 200\n', 'kept\n']);
  });
});

describe('countOf', () => {
  it('gives the share where the total is known and not overrun', () => {
    expect(countOf(12, 150)).toBe('12 of 150 (8 %)');
    expect(countOf(12, undefined)).toBe('12');
    expect(countOf(151, 150)).toBe('151');
  });
});

describe('reportError', () => {
  it('prints code, message and hint, red only on a terminal without NO_COLOR', () => {
    const error = new TelltaleError('FILE_MISSING', 'no file x', 'Check the path.');
    const plain = recorder(false);
    expect(reportError(error, plain)).toBe(2);
    expect(plain.written.join('')).toBe('error FILE_MISSING: no file x\nCheck the path.\n');

    const before = process.env['NO_COLOR'];
    try {
      delete process.env['NO_COLOR'];
      const colored = recorder(true);
      reportError(error, colored);
      expect(colored.written.join('')).toContain('\u001B[31m');
      process.env['NO_COLOR'] = '1';
      const uncolored = recorder(true);
      reportError(error, uncolored);
      expect(uncolored.written.join('')).not.toContain('\u001B');
    } finally {
      if (before === undefined) delete process.env['NO_COLOR'];
      else process.env['NO_COLOR'] = before;
    }
  });
});

describe('interruptible', () => {
  it('turns SIGINT into CANCELED, status 130, whatever the work throws', async () => {
    const listeners = process.listenerCount('SIGINT');
    const work = interruptible(async (signal) => {
      process.emit('SIGINT');
      await Promise.resolve();
      expect(signal.aborted).toBe(true);
      throw new Error('a decoder that was cut off');
    });
    const error: unknown = await work.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'CANCELED' });
    expect(reportError(error, recorder(false))).toBe(130);
    expect(process.listenerCount('SIGINT')).toBe(listeners);
  });

  it('leaves results and other errors as they are', async () => {
    await expect(interruptible(() => Promise.resolve(7))).resolves.toBe(7);
    await expect(interruptible(() => Promise.reject(new RangeError('own')))).rejects.toThrow('own');
  });
});
