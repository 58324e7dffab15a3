/** @file Annotations of others become a human's events: frames, kinds, labels; what telltale found does not. */
import { expect, it } from 'vitest';

import { reportOf } from '../export/report.cases.ts';
import { humanEvents } from './coded.ts';

it('frames, kinds and labels of what a human annotated', () => {
  const events = humanEvents(
    {
      name: 'anna',
      events: [
        { onset: 2, apex: 2.1, offset: 2.3, label: 'micro', detail: 'surprise', comment: 'left' },
        { onset: 0.5, offset: 1.5, label: 'happiness' },
        { onset: 3, offset: 3.1, label: 'event' },
        { onset: 1, offset: 1.2, label: 'AU4', kind: 'macro' },
        { onset: 1, offset: 1.2, label: 'blink', isMachine: true },
        { onset: 9, offset: 9.5, label: 'micro' },
      ],
    },
    reportOf(),
  );
  expect(events).toEqual([
    { kind: 'micro', onset: 60, apex: 63, offset: 69, label: 'surprise', comment: 'left' },
    { kind: 'macro', onset: 15, apex: 30, offset: 45, label: 'happiness', comment: '' },
    { kind: 'micro', onset: 90, apex: 91, offset: 93, label: '', comment: '' },
    { kind: 'macro', onset: 30, apex: 33, offset: 36, label: 'AU4', comment: '' },
  ]);
});
