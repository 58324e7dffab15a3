/**
 * @file Writes EAF, the format of ELAN of the Max Planck Institute for Psycholinguistics, version 3.0.
 *
 * The time line starts where the clip does; TIME_ORIGIN is where that is in the media.
 *
 * @see https://www.mpi.nl/tools/elan/EAF_Annotation_Format_3.0_and_ELAN.pdf
 */
import { xmlText } from '../base/annotation-text.ts';
import { cleanText } from '../base/csv-cell.ts';
import { withoutOverlap, type Tier, type TieredClip } from './tiers.ts';

/** Types of media that ELAN distinguishes. */
const TYPES = new Map([
  ['.mp4', 'video/mp4'],
  ['.mov', 'video/quicktime'],
  ['.mpg', 'video/mpeg'],
  ['.mpeg', 'video/mpeg'],
]);

/** Options of {@link eafText}. */
export interface EafOptions {
  /** Address of the media: a URL. @defaultValue the clip's name in the folder of the file */
  readonly media?: string | undefined;
  /** When the file is made, ISO 8601. */
  readonly now: string;
}

/** The text of an EAF file. */
export function eafText(clip: TieredClip, { media, now }: EafOptions): string {
  const name = encodeURI(cleanText(clip.clip)).replaceAll(/[#?&]/g, encodeURIComponent);
  const url = media ?? `./${name}`;
  const milliseconds = (seconds: number): number => Math.max(0, Math.round(1000 * (seconds - clip.start))); // prettier-ignore
  const vocabularies = vocabulariesOf(clip.tiers);
  const tiers = clip.tiers.flatMap(withoutOverlap);
  const spans = tiers.flatMap((tier) => tier.spans.map((span) => ({ ...span, tier })));
  const ends = spans.map(({ start, end }) => [milliseconds(start), Math.max(milliseconds(end), milliseconds(start) + 1)] as const); // prettier-ignore
  // The time line is written in order of time; annotations refer to its slots by name.
  const slots = ends
    .flatMap(([start, end], i) => [
      { time: start, key: `${i} start` },
      { time: end, key: `${i} end` },
    ])
    .sort((a, b) => a.time - b.time);
  const slotOf = new Map(slots.map(({ key }, i) => [key, `ts${i + 1}`]));
  const lines = spans.map(({ text, tier }, i) => {
    const entry = vocabularies.get(keyOf(tier))?.entries.get(text);
    const reference = entry === undefined ? '' : ` CVE_REF="${entry}"`;
    return `    <ANNOTATION>
      <ALIGNABLE_ANNOTATION ANNOTATION_ID="a${i + 1}"${reference} TIME_SLOT_REF1="${slotOf.get(`${i} start`)!}" TIME_SLOT_REF2="${slotOf.get(`${i} end`)!}">
        <ANNOTATION_VALUE>${xmlText(text)}</ANNOTATION_VALUE>
      </ALIGNABLE_ANNOTATION>
    </ANNOTATION>
`;
  });
  const bodies = tiers.map((tier) => {
    const own = lines.filter((_, i) => spans[i]!.tier === tier).join('');
    const type = vocabularies.get(keyOf(tier))?.id ?? 'text';
    const by = tier.annotator === '' ? '' : `ANNOTATOR="${xmlText(tier.annotator)}" `;
    return `  <TIER ${by}LINGUISTIC_TYPE_REF="${type}" TIER_ID="${xmlText(tier.name)}"${own === '' ? '/>' : `>\n${own}  </TIER>`}
`;
  });
  const all = [...vocabularies.values()];
  return `<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT AUTHOR="telltale" DATE="${now}" FORMAT="3.0" VERSION="3.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="http://www.mpi.nl/tools/elan/EAFv3.0.xsd">
  <HEADER MEDIA_FILE="" TIME_UNITS="milliseconds">
    <MEDIA_DESCRIPTOR MEDIA_URL="${xmlText(url)}" MIME_TYPE="${TYPES.get(/\.[^./]*$/.exec(clip.clip)?.[0].toLowerCase() ?? '') ?? 'video/*'}" RELATIVE_MEDIA_URL="./${xmlText(name)}"${clip.start > 0 ? ` TIME_ORIGIN="${Math.round(1000 * clip.start)}"` : ''}/>
    <PROPERTY NAME="lastUsedAnnotationId">${spans.length}</PROPERTY>
  </HEADER>
  <TIME_ORDER>
${slots.map(({ time }, i) => `    <TIME_SLOT TIME_SLOT_ID="ts${i + 1}" TIME_VALUE="${time}"/>\n`).join('')}  </TIME_ORDER>
${bodies.join('')}  <LINGUISTIC_TYPE GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="text" TIME_ALIGNABLE="true"/>
${all.map(({ id }) => `  <LINGUISTIC_TYPE CONTROLLED_VOCABULARY_REF="${id}" GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="${id}" TIME_ALIGNABLE="true"/>\n`).join('')}  <LANGUAGE LANG_DEF="http://cdb.iso.org/lg/CDB-00130975-001" LANG_ID="und" LANG_LABEL="undetermined (und)"/>
${all.map(({ id, entries }) => `  <CONTROLLED_VOCABULARY CV_ID="${id}">\n    <DESCRIPTION LANG_REF="und"/>\n${[...entries].map(([value, entry]) => `    <CV_ENTRY_ML CVE_ID="${entry}">\n      <CVE_VALUE DESCRIPTION="" LANG_REF="und">${xmlText(value)}</CVE_VALUE>\n    </CV_ENTRY_ML>\n`).join('')}  </CONTROLLED_VOCABULARY>\n`).join('')}</ANNOTATION_DOCUMENT>
`;
}

interface Vocabulary {
  readonly id: string;
  /** Names of the entries by their texts. */
  readonly entries: ReadonlyMap<string, string>;
}

/** A vocabulary for each different list of texts. */
function vocabulariesOf(tiers: readonly Tier[]): Map<string, Vocabulary> {
  const all = new Map<string, Vocabulary>();
  let count = 0;
  for (const tier of tiers) {
    const key = keyOf(tier);
    if (tier.vocabulary === undefined || tier.vocabulary.length === 0 || all.has(key)) continue;
    const entries = new Map(tier.vocabulary.map((text) => [text, `cveid_${(count += 1)}`]));
    all.set(key, { id: `labels ${all.size + 1}`, entries });
  }
  return all;
}

function keyOf({ vocabulary }: Tier): string {
  return JSON.stringify(vocabulary ?? null);
}
