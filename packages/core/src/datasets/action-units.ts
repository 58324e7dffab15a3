/**
 * @file The notation of action units in a cell, as a grammar.
 *
 * ```
 * list   = choice { separator choice }        separators: + , ; 、 & / - . and spaces
 * choice = item { "or" item }                 alternatives bind closer than separators
 * item   = ( unit | "(" list ")" | "ref" "(" list ")" | "loses" list ) [ "(k)" | "?" ]
 * unit   = [ "A" [ "/" ] ] [ side ] [ "AU" | "AD" | "EM" | "M" ] [ side ] number [ intensity ] [ L | R ] [ intensity ]
 * ```
 *
 * Other spellings become this notation first (`unit-spelling.ts`).
 *
 * @see Ekman, Friesen and Hager 2002, "Facial Action Coding System"
 */
import { cleanText } from './cells.ts';
import { plainNotation } from './unit-spelling.ts';

/** One unit or descriptor as it is written. */
export interface ActionUnit {
  /** Side, descriptor and number, without intensity: `4`, `L14`, `AD38`. */
  readonly name: string;
  /** `A` to `E`, or the two that it is between (`BC`); empty where none is given. */
  readonly intensity: string;
  /** Whether it is marked as stronger on one side. */
  readonly isAsymmetric: boolean;
}

/** Action units of a cell. */
export interface ActionUnits {
  /** The cell as it is in the sheet. */
  readonly cell: string;
  /** Every unit in the order of the cell, certain or not. */
  readonly units: readonly ActionUnit[];
  /** Names of those that are certain, without intensity: `4`, `L14`. */
  readonly certain: readonly string[];
  /** Names of those that are marked `(k)` or `?`, lost, of a reference, or in one of several alternatives only. */
  readonly uncertain: readonly string[];
  /** Parts of the cell that are not of the notation. */
  readonly unknown: readonly string[];
}

/** Longest cell that is read as units, characters. */
const LONGEST = 1000;
/** Cells that state that there are no units. */
const NONE =
  /^(?:[-/\\–—?]*|(?:[-–]1|(?:AU)?0+)(?:\.0*)?|n\/?a|#n\/a|none|nan|null|no(?: aus?)?|neutral|unknown|others?|无|无动作)$/i;
const UNIT =
  /(?:(A)\/?(?=[LRTB]?(?:AU|AD|EM|M)?\d))?([LRTB])?(AU|AD|EM|M)?([LRTB])?0*(\d{1,2})(?!\d)([A-E](?!U|D))?([LR])?([A-E](?!U|D))?(?:\(([A-E])(?:[/-]([A-E]))?\))?(?!(?!or)[A-Z\d])/iy;
const TOKENS: readonly (readonly [Token['kind'], RegExp])[] = [
  ['separator', /[+,;、&/\s]+/y],
  ['mark', /\s*(?:\(k\)|\?)/iy],
  ['or', /(?:or(?![a-z])|\|)/iy],
  ['ref', /ref(?=\s*\()/iy],
  ['loses', /(?:loses|lose|lost)(?![a-z])/iy],
  ['open', /\(/y],
  ['close', /\)/y],
  ['unit', UNIT],
  ['unknown', /[^\s+,;、&/()|?]+/y],
];

interface Token {
  readonly kind:
    'separator' | 'mark' | 'or' | 'ref' | 'loses' | 'open' | 'close' | 'unit' | 'unknown';
  readonly match: RegExpExecArray;
}

/** Names that are certain, and all that are possible. */
interface Reading {
  readonly certain: ReadonlySet<string>;
  readonly possible: ReadonlySet<string>;
}

const NOTHING: Reading = { certain: new Set(), possible: new Set() };

/**
 * Reads a cell of action units: `4+7`, `AU1, AU2`, `L14C`, `12、15`, `1-2`, `4(k)`, `R12 or R15`, `A1B`, `ref(7B)+43`, `AD38`.
 *
 * With `unclearOffset`, a unit with `?` is certain: in the key of SAMM the mark is for an unclear offset.
 */
export function parseActionUnits(
  cell: string,
  { unclearOffset = false }: { readonly unclearOffset?: boolean } = {},
): ActionUnits {
  const given = cleanText(cell);
  const units: ActionUnit[] = [];
  const unknown: string[] = [];
  if (given.length > LONGEST) return { cell, units, certain: [], uncertain: [], unknown: [given] };
  const text = plainNotation(given);
  if (NONE.test(text)) return { cell, units, certain: [], uncertain: [], unknown };
  const tokens = tokensOf(text);
  let at = 0;
  const skip = (kind: Token['kind']): boolean => {
    if (tokens[at]?.kind !== kind) return false;
    at += 1;
    return true;
  };
  const list = (): Reading => {
    let all = NOTHING;
    while (at < tokens.length && tokens[at]!.kind !== 'close') {
      if (!skip('separator')) all = both(all, choice());
    }
    return all;
  };
  const choice = (): Reading => {
    let all = item();
    while (isOrNext()) {
      skip('separator');
      skip('or');
      skip('separator');
      all = either(all, at < tokens.length && tokens[at]!.kind !== 'close' ? item() : NOTHING);
    }
    return all;
  };
  const isOrNext = (): boolean =>
    tokens[tokens[at]?.kind === 'separator' ? at + 1 : at]?.kind === 'or';
  const group = (): Reading => {
    skip('open');
    const inside = list();
    skip('close');
    return inside;
  };
  const item = (): Reading => {
    const { kind, match } = tokens[at]!;
    let read = NOTHING;
    if (kind === 'open') read = group();
    else {
      at += 1;
      if (kind === 'unit') {
        const unit = unitOf(match);
        units.push(unit);
        read = { certain: new Set([unit.name]), possible: new Set([unit.name]) };
      } else if (kind === 'ref') {
        skip('separator');
        read = doubtful(group());
      } else if (kind === 'loses') read = doubtful(list());
      else unknown.push(match[0].trim());
    }
    const mark = tokens[at]?.kind === 'mark' ? tokens[at++]!.match[0].trim() : '';
    return mark === '' || (unclearOffset && mark === '?') ? read : doubtful(read);
  };
  let all = NOTHING;
  while (at < tokens.length) {
    all = both(all, list());
    if (at < tokens.length) unknown.push(tokens[at++]!.match[0]);
  }
  const certain = [...all.certain];
  const uncertain = [...all.possible].filter((name) => !all.certain.has(name));
  return { cell, units, certain, uncertain, unknown };
}

/** Every character of the text in one token. */
function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length;) {
    const rest = TOKENS.flatMap(([kind, pattern]): Token[] => {
      pattern.lastIndex = at;
      const match = pattern.exec(text);
      return match === null ? [] : [{ kind, match }];
    });
    const [token] = rest as [Token, ...Token[]];
    tokens.push(token);
    at += token.match[0].length;
  }
  return tokens;
}

function unitOf(match: RegExpExecArray): ActionUnit {
  const [, asymmetric, before, type = '', behind, number, first, suffix, second, low, high] = match;
  const side = before ?? behind ?? suffix ?? '';
  const descriptor = /^au$/i.test(type) ? '' : type;
  const intensity = `${first ?? second ?? low ?? ''}${first === undefined && second === undefined ? (high ?? '') : ''}`;
  return {
    name: `${side}${descriptor}${number!}`.toUpperCase(),
    intensity: intensity.toUpperCase(),
    isAsymmetric: asymmetric !== undefined,
  };
}

function both(a: Reading, b: Reading): Reading {
  return {
    certain: new Set([...a.certain, ...b.certain]),
    possible: new Set([...a.possible, ...b.possible]),
  };
}

function either(a: Reading, b: Reading): Reading {
  return {
    certain: new Set([...a.certain].filter((name) => b.certain.has(name))),
    possible: both(a, b).possible,
  };
}

function doubtful({ possible }: Reading): Reading {
  return { certain: new Set(), possible };
}
