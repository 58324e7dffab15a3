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

describe('where attention looked', () => {
  const attention = {
    ...{ side: 1, attention: Float32Array.of(1), movement: Float32Array.of(1), share: 0.0123 },
    box: { left: 8, top: 8, width: 16, height: 16 },
  };
  const shown = images.map((one, i) => (i === 0 ? { ...one, attention } : one));

  it('is an overlay beside the report and in it, and goes with it', async () => {
    const files = await writeReport(room, { report, images: shown, regions: [] });
    expect(files).toEqual([...REPORT_FILES, 'attention-1.png']);
    const bytes = readFileSync(join(room, 'attention-1.png'));
    const { info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 64, height: 32 });
    const page = readFileSync(join(room, 'report.html'), 'utf8');
    expect(page).toContain(bytes.toString('base64'));
    expect(page).toContain('adds 1.2\u202F% to the image’s features');
    writeFileSync(join(room, 'attention-notes.png'), 'mine');
    expect(await writeReport(room, { report, images, regions: [] })).toEqual(REPORT_FILES);
    expect(readdirSync(room).sort()).toEqual(['attention-notes.png', ...REPORT_FILES].sort());
  });

  it('does not show the face where faces are hidden', async () => {
    const face = plainImage(32, 0);
    for (let i = 0; i < face.data.length; i++) face.data[i] = Math.floor(i / 3) % 2 === 0 ? 255 : 0;
    const one = [{ ...shown[0]!, apex: face }];
    const read = async (blur: boolean) => {
      await writeReport(room, { report, images: one, regions: [] }, { blur });
      return sharp(join(room, 'attention-1.png')).raw().toBuffer();
    };
    const spread = (bytes: Uint8Array) => Math.max(...bytes.subarray(0, 3 * 24)) - Math.min(...bytes.subarray(0, 3 * 24)); // prettier-ignore
    expect(spread(await read(false))).toBe(255);
    expect(spread(await read(true))).toBeLessThan(60);
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
