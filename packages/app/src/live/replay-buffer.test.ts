/** @file The replay buffer: its content starts with a keyframe, and does not grow. */
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { lastSeconds } from './replay-buffer.ts';

const packets = fc
  .array(fc.record({ step: fc.double({ min: 0.001, max: 3, noNaN: true }), isKey: fc.boolean() }), {
    minLength: 1,
    maxLength: 200,
  })
  .map((steps) => {
    let timestamp = 0;
    return steps.map(({ step, isKey }, i) => {
      timestamp += step;
      return { timestamp, type: isKey || i === 0 ? ('key' as const) : ('delta' as const) };
    });
  });

it('keeps the last seconds and what they need to be shown, no more', () => {
  fc.assert(
    fc.property(packets, fc.double({ min: 0.1, max: 60, noNaN: true }), (all, seconds) => {
      const kept = lastSeconds(all, seconds);
      const oldest = all.at(-1)!.timestamp - seconds;
      expect(kept).toEqual(all.slice(all.length - kept.length));
      expect(kept[0]!.type).toBe('key');
      // Nothing of the last seconds is lost ...
      for (const one of all) if (one.timestamp > oldest) expect(kept).toContain(one);
      // ... and what is older than that is only what hangs on the frame it begins with.
      const older = kept.slice(1).filter(({ timestamp }) => timestamp <= oldest);
      expect(older.every(({ type }) => type === 'delta')).toBe(true);
    }),
  );
});

it('stays as long as it is, however long is filmed', () => {
  let kept: { timestamp: number; type: 'key' | 'delta' }[] = [];
  for (let i = 0; i < 30 * 600; i++) {
    const type = i % 60 === 0 ? 'key' : 'delta';
    kept.push({ timestamp: i / 30, type });
    if (type === 'key') kept = lastSeconds(kept, 60);
    expect(kept.length).toBeLessThanOrEqual(30 * 64);
  }
  expect(kept.at(-1)!.timestamp - kept[0]!.timestamp).toBeGreaterThanOrEqual(60);
});
