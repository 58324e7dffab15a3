/**
 * @file A review for ELAN: the EAF 3.0 format of the Max Planck Institute for Psycholinguistics.
 *
 * Tiers on one time line: the events from onset to offset, apart by who they are by (found by telltale, corrected by
 * a coder, added by a coder); `units telltale` for the action units that were recognized, as `telltale convert` writes
 * them; `apex` for the frame of the apex, `comment` where there is one; and `apex 2` and so on
 * for what overlaps.
 *
 * @see https://www.mpi.nl/tools/elan/EAF_Annotation_Format_3.0_and_ELAN.pdf
 */
import { eafText } from '@telltale/core/report';
import type { ReviewedEvent, Tier, TierSpan } from '@telltale/core/report';
import {
  SYNTHETIC_UNITS_TIER,
  syntheticUnitsNotation,
  UNITS_TIER,
  unitsNotation,
} from '@telltale/core/units';

import { nameOf, type Reviewed } from './reviewed.ts';

/** The file's text. @param now - when it is written, ISO 8601 */
export function eafFile({ report, events, coder }: Reviewed, now: string): string {
  const { times } = report.movement;
  const at = (frame: number): number => times[frame] ?? 0;
  const spanOf = ({ onset, offset }: ReviewedEvent, text: string): TierSpan => ({
    ...{ start: at(onset), end: at(offset), text },
  });
  const unitsTier = (name: string, notation: typeof unitsNotation): Tier => ({
    ...{ name, annotator: 'telltale' },
    spans: events
      .map((event) => spanOf(event, notation(event.units ?? [])))
      .filter(({ text }) => text !== ''),
  });
  const tiers: readonly Tier[] = [
    ...tiersOf(events).map(({ name, annotator, own }) => ({
      ...{ name, annotator },
      spans: own.map((event) => spanOf(event, nameOf(event))),
    })),
    ...(report.unitsRecognizer === undefined
      ? []
      : [
          unitsTier(UNITS_TIER, unitsNotation),
          ...(report.unitsRecognizer.syntheticUnits
            ? [unitsTier(SYNTHETIC_UNITS_TIER, syntheticUnitsNotation)]
            : []),
        ]),
    {
      ...{ name: 'apex', annotator: '' },
      spans: events.map(({ apex }) => ({
        start: at(apex),
        end: at(apex) + 1 / report.clip.rate,
        text: `frame ${apex}`,
      })),
    },
    {
      ...{ name: 'comment', annotator: coder ?? '' },
      spans: events
        .filter(({ comment }) => comment !== '')
        .map((event) => spanOf(event, event.comment)),
    },
  ];
  const { name: clip, start = 0, duration } = report.clip;
  return eafText({ clip, start, duration, tiers }, { now });
}

/** Events apart by who they are by; the tier of telltale is there even if it is empty. */
function tiersOf(
  events: readonly ReviewedEvent[],
): { readonly name: string; readonly annotator: string; own: ReviewedEvent[] }[] {
  const tiers = new Map([
    ['found', { name: 'found by telltale', annotator: 'telltale', own: [] as ReviewedEvent[] }],
  ]);
  for (const event of events) {
    const by = event.coder ?? 'a coder';
    const key = event.origin === 'found' ? 'found' : `${event.origin} ${by}`;
    const tier = tiers.get(key) ?? { name: `${event.origin} by ${by}`, annotator: by, own: [] };
    tier.own.push(event);
    tiers.set(key, tier);
  }
  return [...tiers.values()];
}
