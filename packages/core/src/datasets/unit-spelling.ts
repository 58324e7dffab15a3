/**
 * @file Spellings of action units outside of the notation: as users, spreadsheet programs and scripts write them.
 *
 * Python lists, words for sides, numbers for intensities, signs between units, dates. Everything becomes the notation that
 * `action-units.ts` reads; what a spelling leaves open is marked uncertain there.
 */
import { listOfDate } from './cells.ts';

/** The head of a unit behind a separator: `AU`, side, asymmetry, number. */
const HEAD = String.raw`(?:AU|AD|EM|M)?[LRTBA]?(?:AU)?\d`;
/** What may follow a unit. */
const END = String.raw`(?=\s*(?:$|[+,;、&/()]|or\b))`;

const SPELLINGS: readonly (readonly [pattern: RegExp, replacement: string | Replacer])[] = [
  // Lists and texts of programming languages.
  [/["'`“”‘’]/g, ''],
  [/[[{]/g, '('],
  [/[\]}]/g, ')'],
  [/^(.*[+,;、&].*\d)\.0+$/, '$1'],
  // Words.
  [/(?:面部)?(?:动作|运动)?单元/g, 'AU'],
  [/左[侧边]?|\bleft\b|\blt\b/gi, 'L'],
  [/右[侧边]?|\bright\b|\brt\b/gi, 'R'],
  [/双侧|两侧|\bbilateral(?:ly)?\b|\bboth sides\b/gi, ''],
  [/或者?/g, ' or '],
  [/以及|[和与及加]|\band\b/gi, '+'],
  [/\(\?\)/g, '?'],
  // Names of units.
  [/\b(AU|AD|EM|M)s?[ _.:=#-]+(?=[LRTBA]?[ _-]?\d|\()/gi, '$1'],
  [/\bAUs?(?=\()/gi, ''],
  [/#(?=\d)/g, ''],
  // Sides.
  [/\(?\bL\s*(?:\/|\bor\b)\s*R\)?\s*(?:AU)?(\d{1,2})(?!\d)/gi, '(L$1 or R$1)'],
  [/(?<!\d)(\d{1,2})\s*\(?L\s*(?:\/|\bor\b)\s*R\)?(?![A-Z\d])/gi, '(L$1 or R$1)'],
  [/(?<=\d)\s*\(?(?:LR|RL)\)?(?![A-Z\d])/gi, ''],
  [/(?<![A-Z\d])([LR])[ _.-]+(?:AU)?(?=\d)/gi, '$1'],
  [new RegExp(String.raw`(?<=\d[A-E]?)[ _-]*\(?([LR])\)?${END}`, 'gi'), '$1'],
  // Intensities.
  [/(?<=\d[LR]?)\s*\(?([A-E])\s*[-–~/→]?\s*([A-E])\)?(?![A-Z\d])/gi, '($1/$2)'],
  [/(?<=\d[LR]?)(?:\s*[_:=/–-]\s*|\s+)\(?([A-E])\)?(?![A-Z\d])/gi, '$1'],
  [/(?:AU)?\d{1,2}\s*[:=@]\s*0(?:\.0*)?(?![\d.])/gi, ''],
  [/(?<=\d)\s*[:=@]\s*([1-5])(?:\.0*)?(?![\d.])/g, (_, level) => 'ABCDE'[Number(level) - 1]!],
  [/(?<=\d)\s*(?:[:=@]\s*\d*\.\d+|\(\d*\.\d+\))/g, '(k)'],
  [/(?<=\d)\(([1-5])\)/g, '+$1(k)'],
  // Between units.
  [/(?<=\d)[.。](?=\d)/g, '+'],
  [/(?<=\d)\.(?=\s|$)/g, ' '],
  [/(?<=\d[A-ELR]{0,2})(?=A[UD]\d)/gi, '+'],
  [/(?<=\d[A-E])(?=\d)/gi, '+'],
  [new RegExp(String.raw`\s*(?:->|[→>\\*×➕~:])\s*(?=${HEAD})`, 'gi'), '+'],
  [new RegExp(String.raw`(?<=[\dA-ELR]) ?[-–—] ?(?=\(|${HEAD})`, 'gi'), '+'],
];
type Replacer = (match: string, group: string) => string;

/**
 * A cell in the notation: without what spreadsheet programs made of it (dates and times: `2-Jan` was `1-2`; `4.0`; `4.7`,
 * which was `4,7` where the comma separates decimals, and `4.1`, which was `4,1` or `4,10`), and without other spellings.
 */
export function plainNotation(text: string): string {
  const date = listOfDate(text);
  if (date !== undefined) return date;
  const [, whole, part] = /^(\d{1,2})\.(\d{1,2})$/.exec(text) ?? [];
  if (whole !== undefined) {
    if (Number(part) === 0) return whole;
    return `${whole}+${/^[12]$/.test(part!) ? `(${part!} or ${part!}0)` : part!}`;
  }
  let plain = text;
  for (const [pattern, replacement] of SPELLINGS) {
    plain = plain.replace(pattern, replacement as string);
  }
  return plain.trim();
}
