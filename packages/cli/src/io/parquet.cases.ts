/** @file The table whose Parquet file is stored in golden/, with what Apache Arrow reads from it. */
import type { NumberColumn } from './parquet.ts';

/** Every type, with and without empty cells. */
export const COLUMNS: readonly NumberColumn[] = [
  { name: 'frame', type: 'INT32', nullable: false },
  { name: 'time', type: 'DOUBLE', nullable: false },
  { name: 'yaw', type: 'DOUBLE' },
  { name: 'x_0', type: 'FLOAT' },
  { name: 'never', type: 'DOUBLE' },
];

/** Rows per group: the table has two whole groups and a part of one. */
export const GROUP = 4;

/** Ten rows; the face is lost in some of them. */
export const ROWS: readonly (readonly (number | undefined)[])[] = Array.from(
  { length: 10 },
  (_, i) => {
    const isLost = i === 3 || i > 6;
    return [
      ...[i, Math.round((1e6 * i) / 30) / 1e6],
      ...[isLost ? undefined : -12.5 + i * 0.0001, isLost ? undefined : 320.25 - i, undefined],
    ];
  },
);
