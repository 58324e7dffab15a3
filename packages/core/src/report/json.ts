/**
 * @file A report as JSON text, piece by piece: one of an hour at 200 frames per second has millions of numbers, and its text
 * as one string, with what that is made of, would be most of the memory of its analysis.
 */

/** How the text looks. */
export interface JsonOptions {
  /** Spaces that each level is indented by; lists of numbers stay on one line, with spaces between the numbers. @defaultValue 0, no spaces at all */
  readonly indent?: number;
  /** Changes the text around the lists of numbers. */
  readonly edit?: (text: string) => string;
}

/**
 * The JSON text of plain data. Put together, the pieces are `JSON.stringify(data)`, or with an indent that text with lists of
 * numbers on one line each.
 */
export function* jsonPieces(
  data: unknown,
  { indent = 0, edit = String }: JsonOptions = {},
): Generator<string> {
  const lists: NumberList[] = [];
  const text = JSON.stringify(
    data,
    (_, value: unknown) => {
      if (!isNumberList(value)) return value;
      lists.push(value);
      return LIST;
    },
    indent,
  );
  for (const [i, part] of edit(text).split(JSON.stringify(LIST)).entries()) {
    yield part;
    const list = lists[i];
    if (list !== undefined) yield* listPieces(list, indent > 0 ? ' ' : '');
  }
}

/** In place of a list of numbers; no name of a file has such a character. */
const LIST = '\u0000';

type NumberList = readonly (number | null)[];

/** Numbers of a piece. */
const AT_ONCE = 10_000;

/** A list on one line. */
function* listPieces(list: NumberList, space: '' | ' '): Generator<string> {
  for (let i = 0; i < list.length; i += AT_ONCE) {
    const numbers = JSON.stringify(list.slice(i, i + AT_ONCE)).slice(1, -1);
    const spaced = space === '' ? numbers : numbers.replaceAll(',', `,${space}`);
    yield `${i === 0 ? `[${space}` : `,${space}`}${spaced}`;
  }
  yield `${space}]`;
}

function isNumberList(value: unknown): value is NumberList {
  if (!Array.isArray(value) || value.length === 0) return false;
  return value.every((one) => one === null || typeof one === 'number');
}
