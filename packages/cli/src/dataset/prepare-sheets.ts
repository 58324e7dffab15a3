/** @file What a run writes beside the images: the sheet of each size, what was read, and what failed. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { Annotation, Reading } from '@telltale/core/datasets';
import { mergeSheet } from '@telltale/core/prepare';
import type { PreparedRow } from '@telltale/core/prepare';
import { csvCell } from '@telltale/core/report';
import { writeWhole } from '@telltale/node/output';

import { version } from '../overview.ts';
import { sizeFolder } from './prepare-cache.ts';
import type { KeptClip } from './prepare-cache.ts';
import type { PlannedClip, PrepareContext } from './prepare-plan.ts';
import type { FailedClip, PrepareRun } from './prepare-run.ts';

/** What the sheets hold beside the clips. */
interface SheetContext extends PrepareContext {
  /** What the cache holds, by folder. */
  readonly kept: ReadonlyMap<string, KeptClip>;
  /** Number of annotated clips. */
  readonly annotated: number;
  readonly reading: Reading;
  readonly failed: readonly FailedClip[];
  readonly options: PrepareRun;
}

/** Writes the sheet of each size, last of all what was read: its presence means that the sheets are whole. */
export async function writeSheets(
  clips: readonly PlannedClip[],
  context: SheetContext,
): Promise<void> {
  const { definition, cache, preparation, kept, annotated, reading, failed, options } = context;
  let prepared = 0;
  let found = 0;
  let rows: PreparedRow[] = [];
  for (const [place, size] of preparation.sizes.entries()) {
    const part = sizeFolder(size, preparation.sizes[0]!);
    rows = clips.flatMap(({ annotation, targets }) => {
      const { folder } = targets[place]!;
      const own = kept.get(folder);
      return own === undefined
        ? []
        : [{ ...rowOf(annotation, own, folder.slice(part.length)), alpha: preparation.alpha }];
    });
    prepared = rows.length;
    found = rows.filter(({ isFound }) => isFound).length;
    const path = join(cache, part, 'samples.csv');
    const before = await readFile(path, 'utf8').catch(() => undefined);
    if (rows.length === 0 && before === undefined) continue;
    const text = mergeSheet(before, rows, reading.dataset);
    if (text !== before) await writeWhole(path, text);
  }
  const record = {
    schema: 'telltale.prepared/1',
    telltale: version(),
    dataset: reading.dataset,
    annotation: { file: reading.workbook, sheet: reading.sheet },
    kind: options.kind,
    preparation,
    clips: { annotated, prepared, apexFound: found },
    units: reading.units,
    annotations: rows.map(recordOf),
    failed,
    findings: reading.findings,
  };
  const path = join(cache, 'prepared', `${definition.name}.json`);
  await writeWhole(path, `${JSON.stringify(record, null, 1)}\n`);
  const list = join(cache, 'prepared', `${definition.name}-failed.csv`);
  if (failed.length === 0) await rm(list, { force: true });
  else await writeWhole(list, failedCsv(failed));
}

function rowOf(annotation: Annotation, kept: KeptClip, folder: string): PreparedRow {
  const faces = Object.keys(kept.images).filter((plane) => plane !== 'flow');
  const paths = faces.map((plane) => [plane, `${folder}/${plane}.png`]);
  return {
    ...{ annotation, apex: kept.apex, isFound: kept.isFound, flow: `${folder}/flow.png` },
    faces: Object.fromEntries(paths) as PreparedRow['faces'],
    ranges: kept.ranges,
  };
}

/** What is annotated of a prepared clip, and the apex that was used. */
function recordOf({ annotation, apex, isFound }: PreparedRow): Record<string, unknown> {
  const { actionUnits, codedUnits, apex: given, ...annotated } = annotation;
  return {
    ...annotated,
    apex: {
      frame: apex,
      source: isFound ? 'found' : 'given',
      ...(given !== undefined && { given }),
    },
    actionUnits: codedUnits ?? { cell: '', units: [], certain: actionUnits, uncertain: [], unknown: [] }, // prettier-ignore
  };
}

/** The clips that could not be prepared, and why. */
export function failedCsv(failed: readonly FailedClip[]): string {
  const lines = failed.map(({ subject, clip, code, message }) =>
    [subject, clip, code, message].map(csvCell).join(','),
  );
  return `${['subject,clip,code,reason', ...lines].join('\n')}\n`;
}
