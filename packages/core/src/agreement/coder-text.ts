/**
 * @file Annotations of ELAN (EAF) and Praat (TextGrid), as events of a clip.
 *
 * EAF 3.0, https://www.mpi.nl/tools/elan/EAF_Annotation_Format_3.0_and_ELAN.pdf; TextGrid, Boersma and Weenink,
 * https://www.fon.hum.uva.nl/praat/manual/TextGrid_file_formats.html. Tiers named apex hold the apexes of the events
 * around them, tiers named comment are skipped, and those of telltale where there are others.
 */
import { TelltaleError } from '../base/errors.ts';
import type { CodedClip, CodedEvent } from './events.ts';

/** What is read of an XML element; a DOM gives it. */
export interface XmlElement {
  /** Value of an attribute, or null. */
  getAttribute(name: string): string | null;
  /** The text in it. */
  readonly textContent: string | null;
  /** The first element inside that a CSS selector means, or null. */
  querySelector(selector: string): XmlElement | null;
  /** All of them. */
  querySelectorAll(selector: string): Iterable<XmlElement>;
}

/** Parses XML: `DOMParser` of a browser or of a library. */
export type ParseXml = (text: string) => Pick<XmlElement, 'querySelector' | 'querySelectorAll'>;

/** Kinds of events. */
const KINDS: ReadonlySet<string> = new Set(['micro', 'macro', 'blink']);

/** One annotation of a tier, seconds. */
interface Span {
  readonly tier: string;
  readonly onset: number;
  readonly offset: number;
  readonly text: string;
}

/**
 * Reads an EAF file.
 *
 * @param path - for messages
 * @returns the clip without a name where the file names no media
 * @throws TelltaleError `DATASET_INVALID`
 */
export function readEaf(text: string, path: string, parseXml: ParseXml): CodedClip {
  const document = parseXml(text);
  const root = document.querySelector('ANNOTATION_DOCUMENT');
  if (root === null) throw invalid(path, 'is not an EAF file of ELAN');
  const media = document.querySelector('MEDIA_DESCRIPTOR');
  // The media starts this much before the time line.
  const origin = Number(media?.getAttribute('TIME_ORIGIN') ?? 0) || 0;
  const slots = new Map<string, number>();
  for (const slot of document.querySelectorAll('TIME_SLOT')) {
    const value = slot.getAttribute('TIME_VALUE');
    if (value !== null) slots.set(slot.getAttribute('TIME_SLOT_ID') ?? '', Number(value) + origin);
  }
  const spans: Span[] = [];
  for (const tier of document.querySelectorAll('TIER')) {
    for (const one of tier.querySelectorAll('ALIGNABLE_ANNOTATION')) {
      const [start, end] = ['TIME_SLOT_REF1', 'TIME_SLOT_REF2'].map((name) =>
        slots.get(one.getAttribute(name) ?? ''),
      );
      if (start === undefined || end === undefined) continue; // its time is not annotated
      spans.push({
        ...{ tier: tier.getAttribute('TIER_ID') ?? '', onset: start / 1000, offset: end / 1000 },
        text: one.querySelector('ANNOTATION_VALUE')?.textContent?.trim() ?? '',
      });
    }
  }
  const url = media?.getAttribute('MEDIA_URL') ?? '';
  return { clip: decoded(/[^/\\]*$/.exec(url)![0]), events: eventsOf(spans, path) };
}

/**
 * Reads a TextGrid file, long or short.
 *
 * @param path - for messages
 * @throws TelltaleError `DATASET_INVALID`
 */
export function readTextGrid(text: string, path: string): CodedClip {
  // The long format has words and numbers in brackets around the values of the short one.
  const bare = text.replaceAll(/\[\d*\]/g, '');
  const tokens =
    bare.match(/"(?:[^"]|"")*"|(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|<exists>/gi) ?? [];
  let at = 0;
  const next = (): string => {
    const token = tokens[at++];
    if (token === undefined) throw invalid(path, 'is a TextGrid file that is cut off');
    return token;
  };
  const string = (): string => next().slice(1, -1).replaceAll('""', '"');
  const number = (): number => {
    const value = Number(next());
    if (!Number.isFinite(value)) throw invalid(path, 'is a TextGrid file with a text in the place of a number'); // prettier-ignore
    return value;
  };
  if (string() !== 'ooTextFile' || string() !== 'TextGrid') throw invalid(path, 'is not a TextGrid file of Praat'); // prettier-ignore
  number();
  const duration = number();
  next(); // <exists>
  const spans: Span[] = [];
  for (let tiers = number(); tiers > 0; tiers--) {
    const kind = string();
    const tier = string();
    number();
    number();
    for (let count = number(); count > 0; count--) {
      const onset = number();
      const offset = kind === 'IntervalTier' ? number() : onset;
      const label = string().trim();
      if (label !== '') spans.push({ tier, onset, offset, text: label });
    }
  }
  return { clip: '', events: eventsOf(spans, path), duration };
}

/** Whether `telltale convert` wrote a tier. */
const isMachine = ({ tier }: Span): boolean =>
  /^(?:(?:apex|class|units|comment) )?telltale\b/i.test(tier);

/** Events with their apexes; the label is the text before a colon, or else the name of the tier. */
function eventsOf(spans: readonly Span[], path: string): CodedEvent[] {
  const wrong = spans.find(({ onset, offset }) => !(Number.isFinite(offset) && onset <= offset));
  if (wrong !== undefined) {
    const { tier, onset, offset } = wrong;
    throw invalid(path, `has an annotation in the tier ${tier} that starts at ${onset} s and ends at ${offset} s`); // prettier-ignore
  }
  // A coder who works in a file of `telltale convert` leaves the tiers of telltale in it.
  const isMixed = !spans.every(isMachine);
  const own = spans.filter((span) => !isMixed || !isMachine(span));
  const isApex = ({ tier }: Span): boolean => /^apex\b/i.test(tier);
  const apexes = own.filter(isApex).map(({ onset }) => onset);
  return own
    .filter(
      (span) => !isApex(span) && !/^(?:comments?|(?:class|units) telltale)\b/i.test(span.tier),
    )
    .map(({ tier, onset, offset, text }): CodedEvent => {
      const apex = apexes.find((time) => time >= onset && time <= offset);
      const [label, ...rest] = text.split(':').map((part) => part.trim());
      const isKind = KINDS.has(label!);
      return {
        ...{ onset, ...(apex !== undefined && { apex }), offset },
        label: label === '' ? tier : label!,
        ...(isKind && rest.length > 0 && { detail: rest.join(': ') }),
        // The page's tier of what a coder left as it was found.
        ...((!isMixed || /^found by telltale\b/i.test(tier)) && { isMachine: true }),
      };
    });
}

/** The name in a URL; as it is where its escapes are not UTF-8. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function invalid(path: string, why: string): TelltaleError {
  return new TelltaleError(
    'DATASET_INVALID',
    `${path} ${why}`,
    'Save it again from the program that wrote it.',
  );
}
