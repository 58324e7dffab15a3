/** @file A file of a coder, in any format of annotations: a review or report, EAF, TextGrid, a table. */
import { TelltaleError } from '../base/errors.ts';
import { textOfCell } from '../base/csv-cell.ts';
import { parseCsv } from '../datasets/csv.ts';
import { decodeText } from '../datasets/text.ts';
import { readReview } from '../report/read-review.ts';
import { reviewedEvents } from '../report/review.ts';
import { readEaf, readTextGrid, type ParseXml } from './coder-text.ts';
import type { CodedClip, CodedEvent } from './events.ts';

/** How a file is read. */
export interface CoderFileOptions {
  /** Which column is the label: the kind of a movement, or the class that was recognized. @defaultValue kind */
  readonly label?: 'kind' | 'verdict' | undefined;
  /** Path of the file, for messages. @defaultValue its name */
  readonly path?: string | undefined;
  /** Reads EAF files. */
  readonly parseXml: ParseXml;
}

/** Names of files that can be read. */
export const CODER_FILES: RegExp = /\.(?:json|csv|tsv|txt|eaf|textgrid)$/i;

/** Names of columns, lower case, the most specific first; times in seconds. */
const COLUMNS = {
  clip: ['clip', 'file', 'filename', 'video'],
  onset: [
    'onset_time',
    'onset',
    'start',
    'start_time',
    'begin',
    'begin time - ss.msec',
    'begin_time',
  ],
  apex: ['apex_time', 'apex'],
  offset: ['offset_time', 'offset', 'end', 'end_time', 'stop', 'end time - ss.msec'],
  label: ['label', 'annotation', 'kind', 'emotion', 'code', 'value'],
} as const;

/**
 * Reads what a coder annotated in a file, one entry or several per clip.
 *
 * @param name - of the file; its end is the format, and it names the clip where the file does not
 * @throws TelltaleError `DATASET_INVALID` naming file and line, `DATASET_COLUMN_MISSING`, `REPORT_INVALID`
 */
export function readCoderFile(
  name: string,
  bytes: Uint8Array,
  options: CoderFileOptions,
): CodedClip[] {
  const { path = name } = options;
  const text = decodeText(bytes, path);
  if (/\.json$/i.test(name)) return [clipOfReport(text, options)];
  if (/\.(?:eaf|textgrid)$/i.test(name)) {
    const isEaf = /\.eaf$/i.test(name);
    const coded = isEaf ? readEaf(text, path, options.parseXml) : readTextGrid(text, path);
    return [{ ...coded, clip: clipName(coded.clip === '' ? name : coded.clip) }];
  }
  return readTable(text, name, options);
}

/** A report, or a review that the page saved: then the events as the coder left them. */
function clipOfReport(text: string, { label = 'kind' }: CoderFileOptions): CodedClip {
  const { report, review, measurements } = readReview(text);
  const { clip } = report;
  return {
    ...{ clip: clipName(clip.name), duration: clip.duration },
    events: reviewedEvents(report, review, measurements).map((event): CodedEvent => ({
      onset: event.moments.onset.time,
      apex: event.moments.apex.time,
      offset: event.moments.offset.time,
      label: label === 'verdict' ? event.label || (event.verdict ?? event.kind) : event.kind,
      ...(event.label !== '' && { detail: event.label }),
      ...(event.comment !== '' && { comment: event.comment }),
      ...(event.origin === 'found' && { isMachine: true }),
    })),
  };
}

/** The records of a table. @throws TelltaleError `DATASET_INVALID` naming the file */
export function codedTable(text: string, path: string): ReturnType<typeof parseCsv> {
  try {
    return parseCsv(text);
  } catch (error) {
    if (error instanceof TelltaleError && error.code === 'DATASET_INVALID') {
      throw new TelltaleError('DATASET_INVALID', `${path}: ${error.message}`, error.hint, { cause: error }); // prettier-ignore
    }
    throw error;
  }
}

function readTable(
  text: string,
  file: string,
  { label = 'kind', path = file }: CoderFileOptions,
): CodedClip[] {
  const [header, ...rows] = codedTable(text, path);
  const names = (header?.fields ?? []).map((name) => name.trim().toLowerCase());
  const find = (aliases: readonly string[]): number => aliases.map((one) => names.indexOf(one)).find((i) => i >= 0) ?? -1; // prettier-ignore
  const at = {
    ...{ clip: find(COLUMNS.clip), onset: find(COLUMNS.onset), apex: find(COLUMNS.apex) },
    offset: find(COLUMNS.offset),
    label: label === 'verdict' ? find(['verdict', ...COLUMNS.label]) : find(COLUMNS.label),
    // What the page writes besides.
    ...{ kind: find(['kind']), comment: find(['comment', 'note']) },
    ...{ origin: find(['origin']), confidence: find(['confidence']) },
  };
  if (at.onset < 0 || at.offset < 0) {
    throw new TelltaleError(
      'DATASET_COLUMN_MISSING',
      `${path} has no column for ${at.onset < 0 ? 'onset' : 'offset'}; it has ${names.map((name) => `"${name}"`).join(', ')}`,
      'Its first line must name the columns onset and offset (seconds), and clip, apex and label where known.',
    );
  }
  const own = clipName(file);
  return rows.map(({ line, fields }): CodedClip => {
    const cell = (index: number): string => (index < 0 ? '' : (fields[index] ?? '').trim());
    const seconds = (index: number): number | undefined => secondsOf(cell(index));
    const [onset, apex, offset] = [seconds(at.onset), seconds(at.apex), seconds(at.offset)];
    if (onset === undefined || offset === undefined || offset < onset) {
      throw new TelltaleError(
        'DATASET_INVALID',
        `${path} line ${line}: "${cell(at.onset)}" to "${cell(at.offset)}" is not an interval`,
        'Give seconds (12.5), or minutes and seconds (0:12.5), the onset before the offset.',
      );
    }
    const code = textOfCell(cell(at.label));
    const kind = cell(at.kind);
    const [detail, comment] = [kind !== '' && at.kind !== at.label ? code : '', textOfCell(cell(at.comment))]; // prettier-ignore
    const isMachine = at.origin < 0 ? cell(at.confidence) !== '' : cell(at.origin) === 'found';
    return {
      clip: at.clip < 0 ? own : clipName(cell(at.clip)),
      events: [
        {
          ...{ onset, ...(apex !== undefined && { apex }), offset },
          label: code !== '' ? code : kind !== '' ? kind : 'event',
          ...(detail !== '' && { detail, kind }),
          ...(comment !== '' && { comment }),
          ...(isMachine && { isMachine }),
        },
      ],
    };
  });
}

/** Seconds of `12.5`, `12,5`, `0:12.5` and `00:00:12.5`; undefined of anything else. */
function secondsOf(text: string): number | undefined {
  if (!/^(?:\d+:){0,2}\d+(?:[.,]\d+)?$/.test(text)) return undefined;
  return text.replace(',', '.').split(':').reduce((sum, part) => 60 * sum + Number(part), 0); // prettier-ignore
}

/** Names of clips without extensions: a video, its report and its annotation belong together. */
export function clipName(name: string): string {
  return textOfCell(name.replace(/(?<=[^/\\])\.[a-z][a-z0-9]{1,7}$/i, ''));
}
