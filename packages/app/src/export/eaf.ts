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
import { cleanText, xmlText } from '@telltale/core/report';
import type { ReviewedEvent } from '@telltale/core/report';
import { UNITS_TIER, unitsNotation } from '@telltale/core/units';

import { nameOf, type Reviewed } from './reviewed.ts';

interface Annotation {
  /** Milliseconds. */
  readonly start: number;
  /** Milliseconds. */
  readonly end: number;
  readonly text: string;
}

/** A tier: its name, who annotated it, and what. */
interface Tier {
  readonly name: string;
  readonly annotator: string;
  readonly list: readonly Annotation[];
}

/** The file's text. @param now - when it is written, ISO 8601 */
export function eafFile({ report, events, coder }: Reviewed, now: string): string {
  const { times } = report.movement;
  const spacing = 1000 / report.clip.rate;
  const at = (frame: number): number => Math.round(1000 * (times[frame] ?? 0));
  const spanOf = (event: ReviewedEvent, text: string): Annotation => ({
    start: at(event.onset),
    end: Math.max(at(event.offset), at(event.onset) + 1),
    text,
  });
  const tiers: readonly Tier[] = [
    ...tiersOf(events).map(({ name, annotator, own }) => ({
      ...{ name, annotator },
      list: own.map((event) => spanOf(event, nameOf(event))),
    })),
    ...(report.unitsRecognizer === undefined
      ? []
      : [
          {
            ...{ name: UNITS_TIER, annotator: 'telltale' },
            list: events
              .map((event) => spanOf(event, unitsNotation(event.units ?? [])))
              .filter(({ text }) => text !== ''),
          },
        ]),
    {
      ...{ name: 'apex', annotator: '' },
      list: events.map(({ apex }) => ({
        start: at(apex),
        end: at(apex) + Math.max(1, Math.round(spacing)),
        text: `frame ${apex}`,
      })),
    },
    {
      ...{ name: 'comment', annotator: coder ?? '' },
      list: events
        .filter(({ comment }) => comment !== '')
        .map((event) => spanOf(event, event.comment)),
    },
  ];
  const lanes = tiers.flatMap(({ name, annotator, list }) =>
    withoutOverlap(list).map((lane, i) => ({
      ...{ name: i === 0 ? name : `${name} ${i + 1}`, annotator, lane },
    })),
  );
  const spans = lanes.flatMap(({ name, lane }) => lane.map((span) => ({ ...span, tier: name })));
  // The time line is written in order of time; spans refer to it by name.
  const slots = spans
    .flatMap(({ start, end }, span) => [
      { time: start, name: `${span} start` },
      { time: end, name: `${span} end` },
    ])
    .sort((a, b) => a.time - b.time);
  const slotOf = new Map(slots.map(({ name }, i) => [name, `ts${i + 1}`]));
  const order = slots
    .map(({ time }, i) => `    <TIME_SLOT TIME_SLOT_ID="ts${i + 1}" TIME_VALUE="${time}"/>`)
    .join('\n');
  const annotations = spans.map(({ tier, text }, i) => ({
    tier,
    lines: [
      '    <ANNOTATION>',
      `      <ALIGNABLE_ANNOTATION ANNOTATION_ID="a${i + 1}" TIME_SLOT_REF1="${slotOf.get(`${i} start`)!}" TIME_SLOT_REF2="${slotOf.get(`${i} end`)!}">`,
      `        <ANNOTATION_VALUE>${xmlText(text)}</ANNOTATION_VALUE>`,
      '      </ALIGNABLE_ANNOTATION>',
      '    </ANNOTATION>',
    ].join('\n'),
  }));
  const body = lanes
    .map(({ name: tier, annotator }) => {
      const own = annotations.filter((one) => one.tier === tier).map(({ lines }) => lines);
      const content = own.length === 0 ? '' : `\n${own.join('\n')}\n  `;
      const by = annotator === '' ? '' : `ANNOTATOR="${xmlText(annotator)}" `;
      return `  <TIER ${by}LINGUISTIC_TYPE_REF="default-lt" TIER_ID="${xmlText(tier)}">${content}</TIER>`;
    })
    .join('\n');
  const url = encodeURI(cleanText(report.clip.name));
  return `<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT AUTHOR="telltale" DATE="${now}" FORMAT="3.0" VERSION="3.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="http://www.mpi.nl/tools/elan/EAFv3.0.xsd">
  <HEADER MEDIA_FILE="" TIME_UNITS="milliseconds">
    <MEDIA_DESCRIPTOR MEDIA_URL="./${xmlText(url)}" MIME_TYPE="video/*" RELATIVE_MEDIA_URL="./${xmlText(url)}"/>
    <PROPERTY NAME="lastUsedAnnotationId">${spans.length}</PROPERTY>
  </HEADER>
  <TIME_ORDER>
${order}
  </TIME_ORDER>
${body}
  <LINGUISTIC_TYPE GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="default-lt" TIME_ALIGNABLE="true"/>
</ANNOTATION_DOCUMENT>
`;
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

/** ELAN allows no overlap within a tier: what overlaps goes into a tier of its own. At least one lane. */
function withoutOverlap(spans: readonly Annotation[]): Annotation[][] {
  const lanes: Annotation[][] = [[]];
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const free = lanes.find((lane) => (lane.at(-1)?.end ?? 0) <= span.start);
    if (free === undefined) lanes.push([span]);
    else free.push(span);
  }
  return lanes;
}
