/**
 * @file Reads a report back, so that a figure or a study made from an old
 * file either gets a true `Report` or a clear error, never half of one.
 *
 * It takes what `schema/report.schema.json` takes, and the few agreements
 * between members that JSON Schema cannot state.
 */
import { TelltaleError } from '../base/errors.ts';
import * as is from '../base/shape.ts';
import { elsewhereScore } from '../recognize/card.ts';
import { caveatCodes } from './caveats.ts';
import type { Report } from './report.ts';

const moment = is.members({ frame: is.integer(0), time: is.number(0) });
const share = is.number(0, 1);

const textOrNumber: is.Shape = (value, path) =>
  typeof value === 'string' ? undefined : is.number()(value, path);

const quarterTurn: is.Shape = (value, path) =>
  value === 90 || value === 180 || value === 270 ? undefined : `${path} is not 90, 180 or 270`;

const card = {
  network: is.text,
  config: is.text,
  classes: is.listOf(is.text),
  weights: is.text,
  score: is.text,
  elsewhere: is.optional(elsewhereScore),
  unsureBelow: share,
  note: is.optional(is.text),
  file: is.optional(is.text),
};

const moved = {
  onset: moment,
  apex: moment,
  offset: moment,
  duration: is.number(0),
  kind: is.oneOf('micro', 'macro', 'blink'),
  regions: is.tableOf(is.number()),
};

/** Schema of an action unit of an expression. */
export const unit: is.Shape = is.members({
  unit: is.integer(1, 99),
  probability: share,
  verdict: is.oneOf('sure', 'unsure', 'absent'),
  side: is.oneOf('left', 'right', 'both'),
  sideMeasured: is.optional(is.boolean),
  learnedFrom: is.optional(is.oneOf('synthetic')),
  decision: is.optional(is.number()),
});

const expression = is.all(
  is.members({
    ...moved,
    confidence: is.optional(share),
    lips: is.optional(is.number()),
    classes: is.optional(is.tableOf(share)),
    verdict: is.optional(is.text),
    units: is.optional(is.listOf(unit)),
    atEdge: is.optional(is.boolean),
    origin: is.optional(is.oneOf('corrected', 'added')),
    coder: is.optional(is.text),
  }),
  (value, path) => {
    const { classes, verdict, confidence, origin } = value as Report['expressions'][number];
    if (confidence === undefined && origin === undefined) return `${path} has no confidence`;
    if ((classes === undefined) === (verdict === undefined)) return undefined;
    return `${path} has only one of classes and verdict`;
  },
);

const curve = is.listOf(is.nullable(is.number()));

const report = is.members({
  schema: is.oneOf('telltale.report/1'),
  clip: is.members({
    name: is.text,
    width: is.integer(1),
    height: is.integer(1),
    frames: is.integer(1),
    rate: is.number(Number.MIN_VALUE),
    duration: is.number(0),
    firstFrame: is.optional(is.integer(0)),
    rotated: is.optional(quarterTurn),
    start: is.optional(is.number(0)),
    recording: is.optional(
      is.members({
        deinterlaced: is.optional(is.integer(1)),
        pixelAspect: is.optional(is.number(Number.MIN_VALUE)),
        toneMapped: is.optional(is.oneOf('hlg', 'pq')),
        isRateAssumed: is.optional(is.boolean),
        scaled: is.optional(is.integer(1)),
        joints: is.optional(is.integer(1)),
        videos: is.optional(is.integer(2)),
        truncated: is.optional(is.text),
      }),
    ),
    damaged: is.optional(is.listOf(is.members({ start: moment, end: moment }))),
    interruptions: is.optional(is.listOf(is.members({ start: moment, end: moment }))),
    cuts: is.optional(is.listOf(moment)),
  }),
  face: is.members({
    frames: is.integer(0),
    faces: is.integer(0),
    gaps: is.listOf(is.members({ start: moment, end: moment })),
    framings: is.optional(is.listOf(is.oneOf('whole', 'padded', 'tiled'))),
    subject: is.optional(is.members({ number: is.integer(1), of: is.integer(1) })),
  }),
  movement: is.members({
    times: is.listOf(is.number(0)),
    values: is.listOf(is.nullable(is.number())),
    threshold: is.number(),
    regions: is.optional(is.tableOf(is.members({ x: curve, y: curve }))),
  }),
  expressions: is.listOf(expression),
  candidates: is.optional(is.listOf(is.members(moved))),
  setAside: is.optional(
    is.listOf(is.members({ ...moved, why: is.oneOf('noise', 'blink', 'covered', 'turned') })),
  ),
  speech: is.optional(is.listOf(is.members({ start: moment, end: moment }))),
  quality: is.optional(
    is.members({
      interocular: is.number(0),
      brightness: is.number(0),
      clipped: share,
      noise: is.number(0),
      texture: is.number(0),
      sharpness: is.number(0),
      yaw: is.number(),
      pitch: is.number(),
    }),
  ),
  recognizer: is.optional(
    is.members({ ...card, members: is.optional(is.listOf(is.members(card))) }),
  ),
  unitsRecognizer: is.optional(
    is.members({
      units: is.listOf(is.integer(1, 99)),
      syntheticUnits: is.optional(is.listOf(is.integer(1, 99))),
      ...{ score: is.text, weights: is.text },
    }),
  ),
  caveats: is.listOf(is.text),
  caveatCodes: is.optional(
    is.listOf(is.members({ code: is.oneOf(...caveatCodes), values: is.tableOf(textOrNumber) })),
  ),
  made: is.listOf(
    is.members({ stage: is.text, version: is.text, options: is.tableOf(() => undefined) }),
  ),
});

/**
 * Reads the text of a `report.json`.
 *
 * @throws TelltaleError `REPORT_INVALID` naming the member that is wrong
 */
export function readReport(json: string): Report {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw invalid('it is not valid JSON', { cause });
  }
  const wrong = report(value, 'report') ?? disagreement(value as Report);
  if (wrong !== undefined) throw invalid(wrong);
  return value as Report;
}

/** What a schema cannot express: lists of one length, moments inside the clip and in order. */
function disagreement(report: Report): string | undefined {
  const { clip, movement, expressions, candidates = [], setAside = [], caveats } = report;
  const { caveatCodes: codes = caveats } = report;
  if (codes.length !== caveats.length) {
    return `report.caveatCodes has ${codes.length} items for ${caveats.length}`;
  }
  const { times, values } = movement;
  if (times.length !== clip.frames || values.length !== clip.frames) {
    return `report.movement has ${times.length} times and ${values.length} values for ${clip.frames} frames`;
  }
  for (const [name, { x, y }] of Object.entries(movement.regions ?? {})) {
    if (x.length !== clip.frames || y.length !== clip.frames) {
      return `report.movement.regions.${name} has ${x.length} x and ${y.length} y for ${clip.frames} frames`;
    }
  }
  for (const [member, movements] of Object.entries({ expressions, candidates, setAside })) {
    for (const [index, { onset, apex, offset }] of movements.entries()) {
      const ordered = onset.frame <= apex.frame && apex.frame <= offset.frame;
      if (!ordered || offset.frame >= clip.frames) {
        return `report.${member}[${index}] has onset, apex and offset at frames ${onset.frame}, ${apex.frame} and ${offset.frame} of ${clip.frames}`;
      }
    }
  }
  return undefined;
}

function invalid(why: string, options?: ErrorOptions): TelltaleError {
  return new TelltaleError(
    'REPORT_INVALID',
    `not a report of telltale, version 1: ${why}`,
    'Give a report.json as "telltale analyze" wrote it.',
    options,
  );
}
