/** @file How far coders agree, as lines of text and as a table. */
import type { Agreement, Measure, PairAgreement } from '@telltale/core/agreement';
import { csvCell } from '@telltale/core/report';

/** The table on standard output. */
export function agreementText(result: Agreement): string {
  const { coders, clips, pairs, group, options, undated } = result;
  const lines = [
    `${coders.length} coders, ${clipsText(clips)}; events match from an overlap of ${options.overlap}; frames at ${options.rate} per second`,
    ...(undated.length > 0
      ? [
          `no file states how long ${clipsText(undated.length)} ${undated.length === 1 ? 'is: it is taken to end with its' : 'are: they are taken to end with their'} last event`,
        ]
      : []),
    ...pairs.flatMap(pairLines),
  ];
  if (coders.length > 2) {
    lines.push(
      '',
      `all coders${' '.repeat(8)}${'Fleiss κ'.padStart(22)}${'Krippendorff α'.padStart(24)}`,
    );
    for (const { label, fleiss, alpha } of group) {
      lines.push(`  ${label.padEnd(16)}${shown(fleiss).padStart(22)}${shown(alpha).padStart(24)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function pairLines({ coders, clips, labels, eventKappa, times }: PairAgreement): string[] {
  const [first, second] = coders;
  return [
    '',
    `${first} and ${second}, ${clipsText(clips)}`,
    `  ${'label'.padEnd(16)}${'events'.padStart(11)}${'both'.padStart(6)}${'precision'.padStart(18)}${'recall'.padStart(18)}${'F1'.padStart(18)}${'κ of frames'.padStart(20)}`,
    ...labels.map(
      ({ label, events, matched, precision, recall, f1, kappa }) =>
        `  ${label.slice(0, 16).padEnd(16)}${events.join(' / ').padStart(11)}${String(matched).padStart(6)}` +
        `${shown(precision).padStart(18)}${shown(recall).padStart(18)}${shown(f1).padStart(18)}${shown(kappa).padStart(20)}`,
    ),
    `  κ of the labels of events that both found: ${shown(eventKappa)}`,
    ...(['onset', 'apex', 'offset', 'duration'] as const).flatMap((name) => {
      const one = times[name];
      if (one === null) return [];
      const [bias, lower, upper] = [one.bias, one.lower, one.upper].map((value) => signed(1000 * value)); // prettier-ignore
      return [`  ${name}: ${second} − ${first} = ${bias!} ms, limits of agreement ${lower!} to ${upper!} ms (${one.pairs} pairs)`]; // prettier-ignore
    }),
  ];
}

function clipsText(count: number): string {
  return count === 1 ? '1 clip' : `${count} clips`;
}

/** `.812 [.70, .90]`. */
export function shown({ value, low, high }: Measure): string {
  const short = (number: number): string => number.toFixed(2).replace(/^(-?)0\./, '$1.');
  if (value === null) return '–';
  return low === null || high === null ? short(value) : `${short(value)} [${short(low)}, ${short(high)}]`; // prettier-ignore
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(0)}`;
}

const COLUMNS = [
  ...['coders', 'label', 'measure', 'value', 'low', 'high', 'pairs', 'first', 'second'],
] as const;

/** All numbers, one a row: measures with their intervals, differences of times with their limits (seconds). */
export function agreementCsv({ coders, pairs, group }: Agreement): string {
  type Cells = readonly (string | number | null | undefined)[];
  const measure = (
    names: string,
    label: string,
    [name, one]: readonly [string, Measure],
  ): Cells => [names, label, name, one.value, one.low, one.high];
  const rows = [
    ...pairs.flatMap((pair): Cells[] => {
      const names = pair.coders.join(' / ');
      return [
        ...pair.labels.flatMap((one) => [
          [
            names,
            one.label,
            'matched',
            one.matched,
            undefined,
            undefined,
            undefined,
            ...one.events,
          ],
          ...(['precision', 'recall', 'f1', 'kappa'] as const).map((name) =>
            measure(names, one.label, [name, one[name]]),
          ),
        ]),
        measure(names, '', ['event kappa', pair.eventKappa]),
        ...(['onset', 'apex', 'offset', 'duration'] as const).flatMap((name): Cells[] => {
          const one = pair.times[name];
          return one === null ? [] : [[names, '', `${name} difference`, one.bias, one.lower, one.upper, one.pairs]]; // prettier-ignore
        }),
      ];
    }),
    ...group.flatMap(({ label, fleiss, alpha }): Cells[] => [
      measure(coders.join(' / '), label, ['fleiss kappa', fleiss]),
      measure(coders.join(' / '), label, ['krippendorff alpha', alpha]),
    ]),
  ];
  const line = (cells: Cells): string =>
    `${COLUMNS.map((_, i) => csvCell(rounded(cells[i]) ?? '')).join(',')}\r\n`;
  return [COLUMNS, ...rows].map(line).join('');
}

function rounded(cell: string | number | null | undefined): string | number | undefined {
  return typeof cell === 'number' ? Number(cell.toFixed(6)) : (cell ?? undefined);
}
