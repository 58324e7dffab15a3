/** @file Numbers as strokes: images are labeled the same on every system, whatever fonts it has. */

/** Each digit as lines on a grid of 2 by 4. */
const DIGITS: readonly string[] = [
  'M0 0H2V4H0Z',
  'M0.4 0.6L1.2 0V4M0.4 4H2',
  'M0 0H2V2H0V4H2',
  'M0 0H2V4H0M0.5 2H2',
  'M0 0V2H2M2 0V4',
  'M2 0H0V2H2V4H0',
  'M2 0H0V4H2V2H0',
  'M0 0H2L0.8 4',
  'M0 0H2V4H0ZM0 2H2',
  'M2 2H0V0H2V4H0',
];
/** From one digit to the next, of the grid. */
const ADVANCE = 3;

/** A number as an SVG path of strokes, its upper left corner at 0, 0. */
export function numberPath(
  number: number,
  height: number,
): { readonly path: string; readonly width: number } {
  const scale = height / 4;
  const digits = Array.from(String(number));
  const path = digits.map((digit, i) => scaled(DIGITS[Number(digit)]!, scale, ADVANCE * i));
  return { path: path.join(''), width: scale * (ADVANCE * digits.length - 1) };
}

/** Commands with absolute coordinates, moved to the right and scaled. */
function scaled(path: string, scale: number, right: number): string {
  return path.replaceAll(
    /([MLHVZ])([\d.]*)(?: ([\d.]+))?/g,
    (_, command: string, a: string, b?: string) => {
      // prettier-ignore
      const [first, second] = [Number(a), Number(b)];
      if (command === 'Z') return 'Z';
      if (command === 'V') return `V${scale * first}`;
      if (command === 'H') return `H${scale * (first + right)}`;
      return `${command}${scale * (first + right)} ${scale * second}`;
    },
  );
}
