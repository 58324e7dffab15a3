/**
 * @file Frame numbers that cannot be true, by rules that hold for every dataset.
 */
import type { Finding } from './annotation.ts';
import { roundedNumber, wholeNumber, writtenFrame } from './cells.ts';
import type { SheetRow } from './definition.ts';
import type { Span } from './frames.ts';

/** No expression of any dataset lasts so many frames (500 s at 200 Hz). */
const LONGEST = 100_000;
/** Columns of frame numbers, the only ones whose numbers are rounded. */
const FRAME_COLUMNS = ['onset', 'apex', 'offset', 'first'] as const;
/** Maximum number of rounded cells that are shown one by one. */
const SHOWN_ROUNDED = 5;
/** Thousands as German and Spanish programs write them: `1.046`. */
const GROUPED = /^\d{1,3}(?:\.\d{3})+$/;
/** Cells that state in words that no apex was annotated. */
const NO_APEX = /^(?:-1(?:\.0*)?|)$/;

/**
 * Onset, apex and offset of a row; nothing where no expression can be made of them.
 *
 * An apex outside the expression is dropped. An offset of 0 or before the onset
 * becomes the apex, where that lies behind the onset; onset and offset that are exchanged around the apex are put right.
 *
 * @see Liong, See and Wong 2021, "Shallow optical flow three-stream CNN for macro- and
 *   micro-expression spotting", ICIP (its code takes the apex for an offset of 0)
 */
export function repairSpan(
  cells: Pick<SheetRow['cells'], 'onset' | 'apex' | 'offset'>,
  report: (finding: Omit<Finding, 'row' | 'clip'>) => void,
): Span | undefined {
  const [onset, apex, offset] = [cells.onset, cells.apex, cells.offset].map(wholeNumber);
  const leave = (why: string): Span | undefined => {
    report({ kind: 'row', message: `left out: ${why}` });
    return undefined;
  };
  if (onset === undefined || onset < 0)
    return leave(`onset "${cells.onset}" is not a frame number`);
  if (apex !== undefined && offset !== undefined && offset > 0 && offset < apex && apex < onset) {
    const message = `onset ${onset} and offset ${offset} are exchanged: the apex ${apex} is between them`;
    report({ kind: 'repair', message });
    return { onset: offset, apex, offset: onset };
  }
  let end = offset ?? 0;
  if (end < onset || (end === 0 && offset !== 0)) {
    const was = offset === undefined ? `"${cells.offset}" is not a frame number` : `${offset}`;
    if (apex === undefined || apex <= onset) {
      return leave(`offset ${was}, onset ${onset}, and no apex behind it`);
    }
    report({ kind: 'repair', message: `offset ${was}, onset ${onset}: the apex ${apex} is taken` });
    end = apex;
  }
  if (end === 0) return leave('onset and offset are 0');
  if (end - onset > LONGEST) return leave(`${end - onset} frames from onset ${onset} to ${end}`);
  if (apex === undefined || apex === -1) {
    if (!NO_APEX.test(cells.apex)) {
      report({ kind: 'repair', message: `apex "${cells.apex.slice(0, 40)}": taken as unknown` });
    }
    return { onset, offset: end };
  }
  if (apex < onset || apex > end) {
    const side = apex < onset ? `before the onset ${onset}` : `behind the offset ${end}`;
    report({ kind: 'repair', message: `apex ${apex} ${side}: taken as unknown` });
    return { onset, offset: end };
  }
  if (end > onset && (apex === onset || apex === end)) {
    const which = apex === onset ? 'onset' : 'offset';
    report({ kind: 'note', message: `apex ${apex} is the ${which}: left as it is` });
  }
  return { onset, apex, offset: end };
}

/** Whether the points of a row separate thousands: then onset, apex and offset are in order, as fractions they are not. */
function isInThousands(cells: SheetRow['cells']): boolean {
  const given = (['onset', 'apex', 'offset'] as const)
    .map((column) => cells[column])
    .filter((cell) => /^\d[\d.]*$/.test(cell));
  const inOrder = (numbers: readonly number[]): boolean =>
    numbers.length > 1 && numbers.slice(1).every((number, i) => number > numbers[i]!);
  const isFree = given.some((cell) => cell.includes('.') && !GROUPED.test(cell));
  if (isFree || !given.some((cell) => GROUPED.test(cell))) return false;
  const grouped = given.map((cell) => Number(GROUPED.test(cell) ? cell.replaceAll('.', '') : cell));
  return inOrder(grouped) && !inOrder(given.map((cell) => Math.round(Number(cell))));
}

/**
 * Rows whose frame numbers are plain whole numbers; two notes count the cells.
 *
 * Fractions are rounded as a spreadsheet program displays them: SAMM Long Videos V2 stores `10.4` and displays 10.
 * Rounding keeps the order of onset, apex and offset. `1.046` is 1046. Numbers in another spelling (`img46.jpg`, `1,046`) are read.
 */
export function plainFrames(rows: readonly SheetRow[], findings: Finding[]): SheetRow[] {
  const rounded: string[] = [];
  const written: string[] = [];
  const changed = new Set<number>();
  const plain = rows.map((row): SheetRow => {
    const cells = { ...row.cells };
    const isGrouped = isInThousands(cells);
    for (const column of FRAME_COLUMNS) {
      const cell = cells[column];
      if (cell === '' || wholeNumber(cell) !== undefined) continue;
      const fraction =
        isGrouped && GROUPED.test(cell)
          ? undefined
          : roundedNumber(cell.replace(/^(\d+),(\d{1,2}|\d{4,})$/, '$1.$2'));
      const number =
        fraction ?? writtenFrame(isGrouped ? cell.replaceAll(/(?<=\d)\.(?=\d{3})/g, ',') : cell);
      if (number === undefined) continue;
      cells[column] = String(number);
      if (cells.file === '') continue;
      const change = `row ${row.row}: ${column} ${cell} → ${number}`;
      (fraction === undefined ? written : rounded).push(change);
      if (fraction !== undefined) changed.add(row.row);
    }
    return { ...row, cells };
  });
  const note = (what: string, changes: readonly string[]): void => {
    if (changes.length === 0) return;
    const more = changes.length - SHOWN_ROUNDED;
    const shown = changes.slice(0, SHOWN_ROUNDED).join('; ');
    findings.push({ kind: 'note', message: `${what}: ${shown}${more > 0 ? `; and ${more} more` : ''}` }); // prettier-ignore
  };
  note(
    `fractional frame numbers rounded as a spreadsheet program displays them, ${rounded.length} in ${changed.size} rows`,
    rounded,
  );
  note(`${written.length} frame numbers in another spelling`, written);
  return plain;
}
