/** @file The archive of all events: complete, readable by others, and none where it was stopped or a clip failed. */
import { unzipSync } from 'fflate';
import { expect, it } from 'vitest';

import { allEvents } from './all-events.ts';

const eventsOf = (count: number, onClip: (number: number) => void = () => undefined) =>
  Array.from({ length: count }, (_, i) => ({
    number: i + 1,
    clip: () => {
      onClip(i + 1);
      return Promise.resolve(new Blob([`clip ${i + 1}`]));
    },
    figure: () => `<svg>${i + 1} – é</svg>`,
  }));

it('has a clip and a figure of every event, in order, with numbers of one length', async () => {
  const seen: number[] = [];
  const blob = await allEvents(eventsOf(12), {
    ...{ name: '片段', signal: new AbortController().signal },
    onProgress: (done) => seen.push(done),
  });
  const files = unzipSync(new Uint8Array(await blob.arrayBuffer()));
  const names = Object.keys(files);
  expect(names).toHaveLength(24);
  expect(names.slice(0, 3)).toEqual([
    '片段.event-01.mp4',
    '片段.event-01.svg',
    '片段.event-02.mp4',
  ]);
  expect(new TextDecoder().decode(files['片段.event-12.svg'])).toBe('<svg>12 – é</svg>');
  expect(new TextDecoder().decode(files['片段.event-03.mp4'])).toBe('clip 3');
  expect(seen).toEqual(Array.from({ length: 13 }, (_, i) => i));
});

it('stops after the clip that is being made, and gives nothing', async () => {
  const stop = new AbortController();
  const made: number[] = [];
  const events = eventsOf(5, (number) => {
    made.push(number);
    if (number === 2) stop.abort();
  });
  const options = { name: 'clip', signal: stop.signal, onProgress: () => undefined };
  await expect(allEvents(events, options)).rejects.toThrow(/abort/i);
  expect(made).toEqual([1, 2]);
  const failing = [{ ...events[0]!, clip: () => Promise.reject(new Error('no encoder')) }];
  const ask = { ...options, signal: new AbortController().signal };
  await expect(allEvents(failing, ask)).rejects.toThrow('no encoder');
});
