/** @file A table of numbers as an Apache Parquet file, written in groups of rows: memory does not grow with the rows. */
import { fileWriter, ParquetWriter } from 'hyparquet-writer';

/** A column of numbers. */
export interface NumberColumn {
  readonly name: string;
  /** `INT32` and `DOUBLE` as everywhere; `FLOAT` has 32 bits. */
  readonly type: 'INT32' | 'FLOAT' | 'DOUBLE';
  /** Whether cells may be empty. @defaultValue true */
  readonly nullable?: boolean | undefined;
}

/** A file that is being written. */
export interface ParquetFile {
  /** Adds a row; `undefined` is an empty cell. */
  readonly row: (cells: readonly (number | undefined)[]) => Promise<void>;
  /** Writes what is left, and the end of the file. */
  readonly end: () => Promise<void>;
}

/**
 * Opens a file for writing.
 *
 * @param path - of a file that is replaced
 * @param rowsPerGroup - rows that are kept in memory and written together
 */
export function openParquet(
  path: string,
  columns: readonly NumberColumn[],
  rowsPerGroup: number,
): ParquetFile {
  const writer = new ParquetWriter({
    writer: fileWriter(path),
    schema: [
      { name: 'root', num_children: columns.length },
      ...columns.map(({ name, type, nullable = true }) => ({
        ...{ name, type },
        repetition_type: nullable ? ('OPTIONAL' as const) : ('REQUIRED' as const),
      })),
    ],
    createdBy: 'telltale',
  });
  let group: (number | null)[][] = columns.map(() => []);
  const flush = async (): Promise<void> => {
    const columnData = columns.map(({ name }, i) => ({
      name,
      data: group[i]!,
      offsetIndex: false,
    }));
    await writer.write({ columnData, rowGroupSize: rowsPerGroup });
    group = columns.map(() => []);
  };
  return {
    row: async (cells) => {
      cells.forEach((cell, i) => group[i]!.push(cell ?? null));
      if (group[0]!.length === rowsPerGroup) await flush();
    },
    end: async () => {
      if (group[0]!.length > 0) await flush();
      await writer.finish();
    },
  };
}
