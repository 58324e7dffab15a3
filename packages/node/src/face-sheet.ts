/** @file The contact sheet of a clip: everyone in it with a number, to choose whose face is analyzed. */
import type { Clip, FaceRegion, RgbImage, Sighting, Subjects } from '@telltale/core';
import { cropPlanes, hideFaces } from '@telltale/core/face';
import sharp from 'sharp';
import type { OverlayOptions } from 'sharp';

import { numberPath } from './number-path.ts';
import { writeWhole } from './output.ts';

/** Name of the file that {@link writeFaceSheet} writes. */
export const FACE_SHEET = 'faces.jpg';

/** Options of {@link writeFaceSheet}. */
export interface FaceSheetOptions {
  /** Whether faces are made unrecognizable. */
  readonly blur?: boolean | undefined;
  /** Stops the work. */
  readonly signal?: AbortSignal | undefined;
}

/** Side of a face, pixels. */
const SIDE = 160;
/** Width of the column of numbers, pixels. */
const LABEL = 80;
/** Images of each face, early, in the middle and late. */
const SHOWN = [0.1, 0.5, 0.9] as const;
const WIDTH = LABEL + SHOWN.length * SIDE;
/** Subjects that are shown. */
const MOST = 40;

/**
 * Writes a contact sheet as JPEG: the frame that shows most of the subjects, with their numbers, and a row for each
 * with three images of the face, so that it can be seen whether it is the same one. Reads the clip once.
 *
 * @param path - of the file
 * @throws TelltaleError `OUTPUT_UNWRITABLE`, and what the clip throws while it is decoded
 */
export async function writeFaceSheet(
  path: string,
  clip: Clip,
  subjects: Subjects,
  { blur = false, signal }: FaceSheetOptions = {},
): Promise<void> {
  const shown = subjects.subjects.slice(0, MOST);
  const picks = shown.map(({ sightings }) => SHOWN.map((share) => sightings[Math.floor(share * sightings.length)]!)); // prettier-ignore
  const widest = frameOfMost(shown.map(({ sightings }) => sightings));
  const wanted = new Map<number, [row: number, column: number][]>([[widest, []]]);
  picks.forEach((row, i) => {
    row.forEach(({ frame }, j) => wanted.set(frame, [...(wanted.get(frame) ?? []), [i, j]]));
  });
  let left = wanted.size;
  const parts: OverlayOptions[] = [];
  let top = 0;
  for await (const frame of clip.frames()) {
    signal?.throwIfAborted();
    const places = wanted.get(frame.index);
    if (places === undefined) continue;
    const image = blur ? hideFaces(frame, subjects.regionsAt(frame.index)) : frame;
    for (const [row, column] of places) {
      const { region } = picks[row]![column]!;
      const input = await faceOf(image, region);
      parts.push({ input, left: LABEL + column * SIDE, top: row * SIDE });
    }
    if (frame.index === widest) {
      const input = await overview(image, regionsIn(shown, widest));
      top = (await sharp(input).metadata()).height;
      parts.unshift({ input, left: 0, top: 0 });
    }
    left -= 1;
    if (left === 0) break;
  }
  const [first, ...rows] = parts;
  const labels = shown.map(({ number }, i) => ({ input: label(number), left: 0, top: top + i * SIDE })); // prettier-ignore
  const moved = rows.map((part) => ({ ...part, top: top + part.top! }));
  const height = top + shown.length * SIDE;
  const bytes = await sharp({ create: { width: WIDTH, height, channels: 3, background: '#fff' } })
    .composite([first!, ...moved, ...labels])
    .jpeg({ quality: 88 })
    .toBuffer();
  await writeWhole(path, bytes);
}

/** The frame in which most subjects were found, the first of several. */
function frameOfMost(all: readonly (readonly Sighting[])[]): number {
  const counts = new Map<number, number>();
  for (const { frame } of all.flat()) counts.set(frame, (counts.get(frame) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return Math.min(...[...counts].filter(([, count]) => count === most).map(([frame]) => frame));
}

interface Numbered {
  readonly number: number;
  readonly region: FaceRegion;
}

function regionsIn(subjects: Subjects['subjects'], frame: number): Numbered[] {
  return subjects.flatMap(({ number, sightings }) => {
    const one = sightings.find((sighting) => sighting.frame === frame);
    return one === undefined ? [] : [{ number, region: one.region }];
  });
}

async function faceOf(image: RgbImage, region: FaceRegion): Promise<Buffer> {
  const planes = cropPlanes(image, region, { size: SIDE });
  const count = SIDE * SIDE;
  const data = Uint8Array.from({ length: 3 * count }, (_, i) =>
    Math.round(planes[(i % 3) * count + Math.floor(i / 3)]!),
  );
  return sharp(data, { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .png()
    .toBuffer();
}

/** The whole frame as wide as the sheet, each face in a box with its number. */
async function overview(
  { data, width, height, channels }: RgbImage,
  faces: readonly Numbered[],
): Promise<Buffer> {
  const scale = WIDTH / width;
  const boxes = faces.map(({ number, region: { x, y, size } }) => {
    const side = 0.7 * size * scale;
    const [left, top] = [x * scale - side / 2, y * scale - side / 2];
    return `<rect x="${left}" y="${top}" width="${side}" height="${side}" fill="none" stroke="#fff" stroke-width="4"/><rect x="${left}" y="${top}" width="${side}" height="${side}" fill="none" stroke="#0b57d0" stroke-width="2"/>${badge(number, Math.max(0, left), Math.max(0, top), 24)}`;
  });
  const tall = Math.round(height * scale);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${tall}">${boxes.join('')}</svg>`;
  return sharp(data, { raw: { width, height, channels } })
    .removeAlpha()
    .resize(WIDTH, tall, { fit: 'fill' })
    .composite([{ input: Buffer.from(svg) }])
    .png()
    .toBuffer();
}

function label(number: number): Buffer {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${LABEL}" height="${SIDE}"><rect width="100%" height="100%" fill="#fff"/>${badge(number, 12, SIDE / 2 - 24, 48)}</svg>`;
  return Buffer.from(svg);
}

/** A number on blue. */
function badge(number: number, x: number, y: number, height: number): string {
  const { path, width } = numberPath(number, height * 0.6);
  return `<g transform="translate(${x} ${y})"><rect width="${width + 0.5 * height}" height="${height}" fill="#0b57d0"/><g transform="translate(${0.25 * height} ${0.2 * height})"><path d="${path}" fill="none" stroke="#fff" stroke-width="${0.09 * height}" stroke-linecap="round" stroke-linejoin="round"/></g></g>`;
}
