/** @file The three files of a report: `report.json`, `report.csv` and `report.html`. */
import { reportCsv } from '@telltale/core';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { attentionOverlay } from '@telltale/core/expression';
import { flowColors } from '@telltale/core/motion';
import { jsonPieces } from '@telltale/core/report';
import type { Analysis, RgbImage, Report } from '@telltale/core';
import type { FlowField } from '@telltale/core/motion';
import { expressionsInFull, reportPagePieces } from '@telltale/figures';
import type { ExpressionImages } from '@telltale/figures';
import { parseHTML } from 'linkedom/worker';
import sharp from 'sharp';
import type { Sharp } from 'sharp';

import { writeFolderWhole } from './output.ts';
import type { FileContent } from './output.ts';

/** Names of the files that {@link writeReport} writes. */
export const REPORT_FILES = ['report.json', 'report.csv', 'report.html'] as const;

/** Name of the overlay of where the recognizer's attention looked in an expression, counted from 1. */
export function attentionFile(number: number): string {
  return `attention-${number}.png`;
}

/** Names that {@link attentionFile} gives. */
export const ATTENTION_FILE: RegExp = /^attention-\d+\.png$/;

/** Options of {@link writeReport}. */
export interface ReportOptions {
  /** Whether the faces in `report.html` are made unrecognizable; the images of the flow stay. */
  readonly blur?: boolean | undefined;
  /** Changes the text of `report.csv`, for example for spreadsheets of a country. */
  readonly table?: ((csv: string) => string) | undefined;
}

/**
 * Writes `report.json`, `report.csv` and `report.html` into a folder, all of them or none; where the analysis shows the
 * recognizer's attention, also `attention-1.png` for the first expression and so on. Overlays of an earlier report in the
 * folder are removed.
 *
 * `report.html` is one self-contained page with the images of the expressions.
 *
 * @param folder - created where it does not exist
 * @param analysis - the result of `analyze` of `@telltale/core`
 * @returns the names of the files
 * @throws TelltaleError `OUTPUT_UNWRITABLE`
 */
export async function writeReport(
  folder: string,
  analysis: Analysis,
  options: ReportOptions = {},
): Promise<readonly string[]> {
  const { report } = analysis;
  const overlays = await attentionOverlays(analysis, options);
  const page = await renderPage(analysis, options, overlays);
  const files = new Map<string, FileContent>([
    ['report.json', reportPieces(report)],
    ['report.csv', (options.table ?? String)(reportCsv(report))],
    ['report.html', page],
    ...[...overlays].map(([i, png]) => [attentionFile(i + 1), png] as const),
  ]);
  await writeFolderWhole(folder, files);
  for (const name of await readdir(folder))
    if (ATTENTION_FILE.test(name) && !files.has(name)) await rm(join(folder, name));
  return [...files.keys()];
}

/** PNG by index of the expression. */
async function attentionOverlays(
  { images }: Analysis,
  { blur = false }: ReportOptions,
): Promise<ReadonlyMap<number, Uint8Array>> {
  const overlays = new Map<number, Uint8Array>();
  for (const [i, { apex, attention }] of images.entries()) {
    if (attention === undefined) continue;
    const overlay = attentionOverlay(blur ? await patches(apex) : apex, attention);
    overlays.set(i, await opaque(overlay).png({ compressionLevel: 9 }).toBuffer());
  }
  return overlays;
}

/**
 * The text of `report.json`. Lists of numbers are on one line instead of one line per frame.
 */
export function reportJson(report: Report): string {
  return [...reportPieces(report)].join('');
}

/** The text of `report.json`, piece by piece. */
function* reportPieces(report: Report): Generator<string> {
  yield* jsonPieces(report, {
    indent: 2,
    edit: (text) => text.replaceAll(unitObjects, inOneLine),
  });
  yield '\n';
}

/** The report as one page with embedded images. */
async function renderPage(
  { report, images }: Analysis,
  options: ReportOptions,
  overlays: ReadonlyMap<number, Uint8Array>,
): Promise<Iterable<string>> {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const inFull = expressionsInFull(report);
  const embedded: (ExpressionImages | undefined)[] = [];
  // One after the other: hundreds at once take hundreds of megabytes.
  for (const [i, one] of images.entries()) {
    embedded.push(inFull.has(i) ? await embedAll(one, options, overlays.get(i)) : undefined);
  }
  const wheel = await embedPng(flowColors(radialFlow(96)));
  return reportPagePieces(report, {
    document,
    wheel,
    // An analysis without images gives a page without them.
    ...(embedded.length === report.expressions.length ? { images: embedded } : {}),
  });
}

/** Action units, one a line. */
const unitObjects = /\{\n\s+"unit": [^{}]*\}/g;

function inOneLine(list: string): string {
  return list.replaceAll(/\s+/g, ' ');
}

/** Faces and flow as JPEG, because a clip can have hundreds of them; the input of the recognizer lossless. */
async function embedAll(
  images: Analysis['images'][number],
  { blur = false }: ReportOptions,
  overlay: Uint8Array | undefined,
): Promise<ExpressionImages> {
  const [onset, apex] = await Promise.all(
    [images.onset, images.apex].map(async (face) => embedJpeg(blur ? await patches(face) : face)),
  );
  const flow = await embedJpeg(images.flow);
  const all = { onset: onset!, apex: apex!, flow, flowImage: await embedPng(images.flowImage) };
  if (!overlay) return all;
  return { ...all, attention: { overlay: dataPng(overlay), share: images.attention!.share } };
}

/** Patches across an image of a face that is to be unrecognizable. */
const PATCHES = 8;

/** The image as a few smooth patches. */
async function patches(image: RgbImage): Promise<RgbImage> {
  const { width, height } = image;
  const few = await opaque(image).resize(PATCHES, PATCHES, { fit: 'fill', kernel: 'cubic' }).png().toBuffer(); // prettier-ignore
  const data = await sharp(few).resize(width, height, { fit: 'fill', kernel: 'cubic' }).raw().toBuffer(); // prettier-ignore
  return { data: Uint8Array.from(data), width, height, channels: 3 };
}

async function embedJpeg(image: RgbImage): Promise<string> {
  const bytes = await opaque(image)
    .jpeg({ quality: 90, chromaSubsampling: '4:4:4', mozjpeg: true })
    .toBuffer();
  return `data:image/jpeg;base64,${bytes.toString('base64')}`;
}

async function embedPng(image: RgbImage): Promise<string> {
  const bytes = await opaque(image).png({ compressionLevel: 9 }).toBuffer();
  return dataPng(bytes);
}

function dataPng(bytes: Uint8Array): string {
  return `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`;
}

function opaque({ data, width, height, channels }: RgbImage): Sharp {
  return sharp(data, { raw: { width, height, channels } }).removeAlpha();
}

/** Flow that grows outward from the center, whose image is the color wheel. */
function radialFlow(size: number): FlowField {
  const middle = (size - 1) / 2;
  const at = (along: (i: number) => number): Float32Array =>
    Float32Array.from({ length: size * size }, (_, i) => (along(i) - middle) / middle);
  return { u: at((i) => i % size), v: at((i) => Math.floor(i / size)), width: size, height: size };
}

export { FACE_SHEET, writeFaceSheet } from './face-sheet.ts';
export type { FaceSheetOptions } from './face-sheet.ts';
