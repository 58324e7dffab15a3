/** @file Follows the log of the `ffmpeg` program: one line per frame (filter `showinfo`), and errors. */
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';

import { DAMAGE } from './stream.ts';

/** Log lines that are errors; ffmpeg reports data that is cut off as a warning. */
const ERROR = /\[(error|fatal)\]|\[warning\].*corrupt decoded frame/;

/** What the log states of one frame. */
export interface FrameInfo {
  readonly width: number;
  readonly height: number;
  readonly timestamp?: number;
  readonly field?: 'top' | 'bottom';
  readonly isKey: boolean;
  /** Log lines about damage before this frame. */
  readonly damage: number;
}

/** Follows the log of ffmpeg: the time base, one line per frame, and errors. */
export function watchLog(child: ChildProcessByStdio<null, Readable, Readable>): {
  info: (index: number) => Promise<FrameInfo | undefined>;
  errors: () => readonly string[];
  damage: () => number;
} {
  const infos = new Map<number, FrameInfo>();
  const errors: string[] = [];
  let damage = 0;
  let tick = 0;
  let count = 0; // the counter of ffmpeg restarts where a property of the stream changes
  let rest = '';
  let ended = false;
  let wake = (): void => undefined;
  const readLine = (line: string): void => {
    const base = /config in time_base: (\d+)\/(\d+)/.exec(line);
    if (base) tick = Number(base[1]) / Number(base[2]);
    const frame = /\bn: *\d+ pts: *(\S+) .*\bs:(\d+)x(\d+)(?: i:(.))?(?: iskey:(\d))?/.exec(line);
    if (frame) {
      const pts = Number(frame[1]); // "NOPTS" becomes NaN
      const field = ({ T: 'top', B: 'bottom' } as const)[frame[4] ?? ''];
      infos.set(count++, {
        width: Number(frame[2]),
        height: Number(frame[3]),
        isKey: frame[5] === '1',
        damage,
        ...(field && { field }),
        ...(Number.isFinite(pts) && { timestamp: pts * tick }),
      });
    } else if (ERROR.test(line)) {
      const text = line.replace(/^.*\[(error|fatal|warning)\] */, '');
      if (DAMAGE.test(text)) damage++;
      if (errors.length < 100) errors.push(text);
    }
  };
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    lines.forEach(readLine);
    wake();
  });
  child.stderr.on('end', () => {
    ended = true;
    wake();
  });
  return {
    errors: () => errors,
    damage: () => damage,
    async info(index) {
      while (!infos.has(index) && !ended) {
        await new Promise<void>((resume) => {
          wake = resume;
        });
      }
      const info = infos.get(index);
      infos.delete(index);
      return info;
    },
  };
}
