import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readReport, reportCsv } from '@telltale/core';
import type { RgbImage } from '@telltale/core';
import { parseHTML } from 'linkedom';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { sampleReport } from '../../../test/sample-report.ts';
import { REPORT_FILES, reportJson, writeReport } from './report.ts';

let room = '';
beforeEach(() => void (room = mkdtempSync(join(tmpdir(), 'telltale-report-'))));
afterEach(() => rmSync(room, { recursive: true }));

/** An image of one color, with one red pixel at its upper left. */
function plainImage(side: number, grey: number, channels: 3 | 4 = 3): RgbImage {
  const data = new Uint8Array(side * side * channels).fill(grey);
  data.set([255, 0, 0]);
  return { data, width: side, height: side, channels };
}

/** Pixels of a `data:` address. */
function read(address: string) {
  const bytes = Buffer.from(address.split(',')[1]!, 'base64');
  return sharp(bytes).raw().toBuffer({ resolveWithObject: true });
}

const report = sampleReport();
const images = report.expressions.map((_, i) => ({
  onset: plainImage(32, 10 * i),
  apex: plainImage(32, 10 * i + 5, 4),
  flow: plainImage(32, 200),
  flowImage: plainImage(28, 128),
}));

describe('writeReport', () => {
  it('writes the report as JSON, as a table and as a page', async () => {
    await writeReport(join(room, 'out'), { report, images, regions: [] });
    expect(readdirSync(join(room, 'out')).sort()).toEqual([...REPORT_FILES].sort());
    const read = (name: string) => readFileSync(join(room, 'out', name), 'utf8');
    expect(readReport(read('report.json'))).toEqual(report);
    expect(read('report.csv')).toBe(reportCsv(report));
    expect(read('report.html')).toContain('<title>interview-04.mp4: telltale report</title>');
  });

  it('embeds the images in the order of the expressions, and the flow image to the bit', async () => {
    await writeReport(room, { report, images, regions: [] });
    const page = parseHTML(readFileSync(join(room, 'report.html'), 'utf8')).document;
    const second = [...page.querySelectorAll('article')][1]!; // expression 3: number 2 is a blink
    const embedded = await Promise.all(
      [...second.querySelectorAll('img')].map(({ src }) => read(src)),
    );
    expect(embedded.map(({ info }) => info.width)).toEqual([32, 32, 32, 96, 28]);
    expect([...embedded[4]!.data]).toEqual([...images[2]!.flowImage.data]);
    for (const [i, grey] of [20, 25, 200].entries()) {
      expect(Math.abs(embedded[i]!.data.at(-1)! - grey)).toBeLessThanOrEqual(2);
    }
  });

  it('writes none of the files where one cannot be written', async () => {
    writeFileSync(join(room, 'file'), '');
    const failing = writeReport(join(room, 'file'), { report, images, regions: [] });
    await expect(failing).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    expect(readdirSync(room)).toEqual(['file']);
  });
});

describe('reportJson', () => {
  it('keeps the numbers of a list on one line and changes no text', () => {
    const odd = { ...report, caveats: ['a list: [1,  2]', 'and [ ]'] };
    const json = reportJson(odd);
    expect(json.split('\n').length).toBeLessThan(300);
    expect(JSON.parse(json)).toEqual(odd);
  });
});
