/**
 * @file Annotations in tiers: what ELAN, Praat and subtitles hold. Tiers of telltale are named `telltale`, those of
 * others after their files, so that a machine and a coder are never mixed.
 */
import type { Report } from '@telltale/core';
import type { CodedClip } from '@telltale/core/agreement';
import type { Tier, TieredClip, TierSpan } from '@telltale/core/report';
import {
  SYNTHETIC_UNITS_TIER,
  syntheticUnitsNotation,
  UNITS_TIER,
  unitsNotation,
} from '@telltale/core/units';

/** Name of the tiers of telltale. */
export const MACHINE = 'telltale';
const KINDS = ['micro', 'macro', 'blink'];
/** Length of a moment where the frame rate is not known, seconds. */
const MOMENT = 0.001;

/** The tiers of a report: kinds, classes, action units as coders write them (`4+L12?`), apexes and numbers. */
export function tiersOfReport({
  clip,
  expressions,
  recognizer,
  unitsRecognizer,
}: Report): TieredClip {
  const frame = 1 / clip.rate;
  const start = clip.start ?? 0;
  const place = ({ onset, offset }: Report['expressions'][number]): Omit<TierSpan, 'text'> => ({
    start: onset.time,
    end: Math.max(offset.time, onset.time + frame),
  });
  const classified = expressions.filter(({ verdict }) => verdict !== undefined);
  const classes = recognizer?.classes ?? [];
  const unitsTier = (name: string, notation: typeof unitsNotation): Tier => ({
    ...{ name, annotator: MACHINE },
    spans: expressions.flatMap((one) => {
      const text = notation(one.units ?? []);
      return text === '' ? [] : [{ ...place(one), text }];
    }),
  });
  const tiers: Tier[] = [
    {
      ...{ name: MACHINE, annotator: MACHINE, vocabulary: KINDS },
      spans: expressions.map((one) => ({ ...place(one), text: one.kind })),
    },
    ...(recognizer === undefined
      ? []
      : [
          {
            ...{ name: `class ${MACHINE}`, annotator: MACHINE },
            vocabulary: [...classes, 'unsure'],
            spans: classified.map((one) => ({ ...place(one), text: one.verdict! })),
          },
        ]),
    ...(unitsRecognizer === undefined
      ? []
      : [
          unitsTier(UNITS_TIER, unitsNotation),
          ...(unitsRecognizer.syntheticUnits
            ? [unitsTier(SYNTHETIC_UNITS_TIER, syntheticUnitsNotation)]
            : []),
        ]),
    {
      ...{ name: `apex ${MACHINE}`, annotator: MACHINE, isMoments: true },
      spans: expressions.map(({ apex }) => ({
        ...{ start: apex.time, end: apex.time + frame, text: `frame ${apex.frame}` },
      })),
    },
    {
      ...{ name: `comment ${MACHINE}`, annotator: MACHINE },
      spans: expressions.map((one) => ({ ...place(one), text: numbersOf(one) })),
    },
  ];
  return { clip: clip.name, start, duration: clip.duration, tiers };
}

/** `confidence 0.83, positive 0.97, negative 0.02`. */
function numbersOf({ confidence, classes = {} }: Report['expressions'][number]): string {
  const sorted = Object.entries(classes).sort(([, a], [, b]) => b - a);
  const own = confidence === undefined ? [] : [['confidence', confidence] as const];
  return [...own, ...sorted].map(([name, value]) => `${name} ${value.toFixed(2)}`).join(', '); // prettier-ignore
}

/** The tiers of a coder: labels, and apexes where there are some. */
export function tiersOfCoder(name: string, { events }: Pick<CodedClip, 'events'>): Tier[] {
  const labels = [...new Set(events.map(({ label }) => label))].sort();
  const apexes = events.flatMap(({ apex }) => apex ?? []);
  return [
    {
      ...{ name, annotator: name, vocabulary: labels },
      spans: events.map(({ onset, offset, label }) => ({
        ...{ start: onset, end: Math.max(offset, onset + MOMENT), text: label },
      })),
    },
    ...(apexes.length === 0
      ? []
      : [
          {
            ...{ name: `apex ${name}`, annotator: name, isMoments: true },
            spans: apexes.map((apex) => ({ start: apex, end: apex + MOMENT, text: 'apex' })),
          },
        ]),
  ];
}
