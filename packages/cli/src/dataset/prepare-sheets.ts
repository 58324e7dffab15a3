/** @file What a run writes beside the pictures: the sheet of each size, what was read, and what failed. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { Annotation, Reading } from '@telltale/core/datasets';
import { mergeSheet } from '@telltale/core/prepare';
import type { PreparedRow } from '@telltale/core/prepare';
import { writeWhole } from '@telltale/node/output';

import { version } from '../program.ts';
import { readKept, sizeFolder } from './prepare-cache.ts';
import type { KeptClip } from './prepare-cache.ts';
import { inParts } from './prepare-plan.ts';
import type { PlannedClip, PrepareContext } from './prepare-plan.ts';
import type { FailedClip, PrepareRun } from './prepare-run.ts';
import { digestOf } from './seen.ts';

/** What the sheets tell beside the clips. */
interface Told extends PrepareContext {
  /** Clips. */
  readonly annotated: number;
  readonly reading: Reading;
  readonly failed: readonly FailedClip[];
  readonly options: PrepareRun;
}

/**
 * Writes the sheet of each size, last of all what was read: its presence says that the sheets are whole.
 *
 * @returns whether every annotated clip is there and everything written is what lies there now
 */
export async function writeSheets(clips: readonly PlannedClip[], told: Told): Promise<boolean> {
  const { definition, cache, preparation, annotated, reading, failed, options, seen } = told;
  let prepared = 0;
  let found = 0;
  let isWhole = failed.length === 0;
  const write = async (path: string, text: string, before?: string): Promise<void> => {
    if (text !== before) await writeWhole(path, text);
    // Another run on the same cache may have written since.
    if ((await seen.digest(path)) !== digestOf(text)) isWhole = false;
  };
  for (const [place, size] of preparation.sizes.entries()) {
    const part = sizeFolder(size, preparation.sizes[0]!);
    const rows = await inParts(clips, undefined, async ({ annotation, targets }) => {
      const { folder, key } = targets[place]!;
      const kept = await readKept(join(cache, folder), key, seen.digest);
      return kept === undefined ? [] : [rowOf(annotation, kept, folder.slice(part.length))];
    });
    prepared = rows.length;
    found = rows.filter(({ isFound }) => isFound).length;
    isWhole &&= prepared === annotated;
    const path = join(cache, part, 'samples.csv');
    const before = await readFile(path, 'utf8').catch(() => undefined);
    if (rows.length === 0 && before === undefined) continue;
    await write(path, mergeSheet(before, rows, reading.dataset), before);
  }
  const record = {
    schema: 'telltale.prepared/1',
    telltale: version(),
    dataset: reading.dataset,
    annotation: { file: reading.workbook, sheet: reading.sheet },
    kind: options.kind,
    preparation,
    clips: { annotated, prepared, apexFound: found },
    failed,
    findings: reading.findings,
  };
  const path = join(cache, 'prepared', `${definition.name}.json`);
  await write(path, `${JSON.stringify(record, null, 1)}\n`);
  const list = join(cache, 'prepared', `${definition.name}-failed.csv`);
  if (failed.length === 0) await rm(list, { force: true });
  else await writeWhole(list, failedCsv(failed));
  return isWhole;
}

function rowOf(annotation: Annotation, kept: KeptClip, folder: string): PreparedRow {
  const faces = Object.keys(kept.pictures).filter((plane) => plane !== 'flow');
  const paths = faces.map((plane) => [plane, `${folder}/${plane}.png`]);
  return {
    ...{ annotation, apex: kept.apex, isFound: kept.isFound, flow: `${folder}/flow.png` },
    faces: Object.fromEntries(paths) as PreparedRow['faces'],
  };
}

function failedCsv(failed: readonly FailedClip[]): string {
  const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const lines = failed.map(({ subject, clip, code, message }) =>
    [subject, clip, code, message].map(quote).join(','),
  );
  return `${['subject,clip,code,reason', ...lines].join('\n')}\n`;
}
