/** @file The three files of a report: `report.json`, `report.csv` and `report.html`. */
import { reportCsv } from '@telltale/core';
import { flowColors } from '@telltale/core/motion';
import type { Analysis, Picture, Report } from '@telltale/core';
import type { FlowField } from '@telltale/core/motion';
import { expressionsInFull, reportPage } from '@telltale/figures';
import type { ExpressionPictures } from '@telltale/figures';
import { parseHTML } from 'linkedom';
import sharp from 'sharp';
import type { Sharp } from 'sharp';

import { writeFolderWhole } from './output.ts';

/** Names of the files that `writeReport` writes. */
export const REPORT_FILES = ['report.json', 'report.csv', 'report.html'] as const;

/**
 * Writes a report into a folder: all three files appear together, or none.
 *
 * @throws TelltaleError `OUTPUT_UNWRITABLE`
 */
export async function writeReport(folder: string, analysis: Analysis): Promise<void> {
  const { report } = analysis;
  const page = await renderPage(analysis);
  await writeFolderWhole(
    folder,
    new Map([
      ['report.json', reportJson(report)],
      ['report.csv', reportCsv(report)],
      ['report.html', page],
    ]),
  );
}

/** The report as it stands in `report.json` and on standard output. */
export function reportJson(report: Report): string {
  return `${JSON.stringify(report, null, 2).replaceAll(numberLists, inOneLine)}\n`;
}

/** The report as one page, its pictures embedded. */
async function renderPage({ report, pictures }: Analysis): Promise<string> {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const inFull = expressionsInFull(report);
  const embedded = await Promise.all(
    pictures.map(async (one, i) => (inFull.has(i) ? await embedAll(one) : undefined)),
  );
  const wheel = await embedPng(flowColors(radialFlow(96)));
  return reportPage(report, {
    document,
    wheel,
    // An analysis without pictures is a page without them.
    ...(embedded.length === report.expressions.length ? { pictures: embedded } : {}),
  });
}

/**
 * Lists of plain numbers, one a line: they are put on one line, for a line per
 * frame helps nobody. Text cannot match, because text in JSON has no line ends.
 */
const numberLists = /\[\n(?: +(?:null|-?[\d.]+(?:e[+-]?\d+)?),?\n)+ *\]/g;

function inOneLine(list: string): string {
  return list.replaceAll(/\s+/g, ' ');
}

/** Faces and flow as JPEG, for a talking clip has hundreds of them; what the recognizer saw, to the bit. */
async function embedAll(pictures: Analysis['pictures'][number]): Promise<ExpressionPictures> {
  const [onset, apex, flow] = await Promise.all(
    [pictures.onset, pictures.apex, pictures.flow].map(embedJpeg),
  );
  return { onset: onset!, apex: apex!, flow: flow!, flowImage: await embedPng(pictures.flowImage) };
}

async function embedJpeg(picture: Picture): Promise<string> {
  const bytes = await opaque(picture)
    .jpeg({ quality: 90, chromaSubsampling: '4:4:4', mozjpeg: true })
    .toBuffer();
  return `data:image/jpeg;base64,${bytes.toString('base64')}`;
}

async function embedPng(picture: Picture): Promise<string> {
  const bytes = await opaque(picture).png({ compressionLevel: 9 }).toBuffer();
  return `data:image/png;base64,${bytes.toString('base64')}`;
}

function opaque({ data, width, height, channels }: Picture): Sharp {
  return sharp(data, { raw: { width, height, channels } }).removeAlpha();
}

/** Flow that grows outward from the middle: its picture is the wheel that reads all others. */
function radialFlow(size: number): FlowField {
  const middle = (size - 1) / 2;
  const at = (along: (i: number) => number): Float32Array =>
    Float32Array.from({ length: size * size }, (_, i) => (along(i) - middle) / middle);
  return { u: at((i) => i % size), v: at((i) => Math.floor(i / size)), width: size, height: size };
}
