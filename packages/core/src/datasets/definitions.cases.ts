/** @file Sheets and folders made by hand for the tests of the readers. */
import type { FrameFolder, Reading, Workbook } from './annotation.ts';
import { definitionOf } from './definitions.ts';
import { readDataset } from './reader.ts';

export function frames(
  path: string,
  from: number,
  to: number,
  name = (n: number) => `${n}.jpg`,
): FrameFolder {
  return { path, files: Array.from({ length: to - from + 1 }, (_, i) => name(from + i)) };
}

export type Rows = readonly (readonly (string | number)[])[];

export function book(path: string, ...sheets: (readonly [string, Rows])[]): Workbook {
  return {
    path,
    sheets: sheets.map(([name, rows]) => ({ name, rows: rows.map((row) => row.map(String)) })),
  };
}

export function read(
  name: string,
  workbooks: readonly Workbook[],
  folders: readonly FrameFolder[] = [],
): Reading {
  return readDataset(definitionOf(name), { workbooks, folders });
}

/** The messages of all findings of a kind, without their rows. */
export function messagesOf({ findings }: Reading, kind: string): string[] {
  return findings.filter((one) => one.kind === kind).map(({ message }) => message);
}
