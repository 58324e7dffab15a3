/** @file Names and comments that would break a format: formulas, NUL, lone surrogates. */
import { parseCsv } from '@telltale/core/datasets';
import { describe, expect, it } from 'vitest';

import { reviewOf } from '@telltale/core/report';
import { describeEvent } from '../report/review.ts';
import { eafFile } from './eaf.ts';
import { reportOf } from './report.cases.ts';
import { reviewed } from './reviewed.ts';
import { subtitleFile } from './subtitles.ts';
import { tableFile } from './table.ts';

const plain = reportOf();
const report = { ...plain, clip: { ...plain.clip, name: '=1+1\uD800.mp4' } };
const words = { label: '\t=HYPERLINK("x")', comment: '@a\0b\uDC00c' };
const review = describeEvent(reviewOf(report), { id: 'found-0', coder: '=A' }, words);
const now = reviewed({ report, review, measurements: [] });
const files = {
  table: tableFile(now),
  subtitles: subtitleFile(now, {}),
  elan: eafFile(now, '2026-01-01T00:00:00Z'),
};

describe.each(Object.entries(files))('%s', (_, text) => {
  it('is valid UTF-8 without NUL', () => {
    expect(text).not.toContain('\0');
    expect(
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
        new TextEncoder().encode(text),
      ),
    ).toBe(text);
  });
});

it('no text cell of the table starts a formula, and numbers stay numbers', () => {
  const [head, ...rows] = parseCsv(files.table.slice(1));
  const at = (name: string): number => head!.fields.indexOf(name);
  const row = rows.find(({ fields }) => fields[at('kind')] === 'micro');
  expect(row!.fields[at('clip')]).toBe("'=1+1\uFFFD.mp4");
  expect(row!.fields[at('label')]).toBe('\'\t=HYPERLINK("x")');
  expect(row!.fields[at('comment')]).toBe("'@ab\uFFFDc");
  expect(row!.fields[at('coder')]).toBe("'=A");
  expect(Number(row!.fields[at('onset_frame')])).toBe(report.expressions[0]!.onset.frame);
});
