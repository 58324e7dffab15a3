/**
 * @file Writes a synthetic dataset: the frames of every film of a plan, its sheets, and the ground truth.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';

import {
  countPlan,
  filmScenario,
  planDataset,
  truthOf,
  type DatasetOptions,
  type DatasetPlan,
  type LayoutName,
  type PlannedFilm,
} from '@telltale/core/synth';
import { encodePng } from '@telltale/node/images';
import { assertWritable, writeThrough } from '@telltale/node/output';

import { countOf, openProgress } from '../terminal.ts';
import { encodeFrame } from './encode.ts';
import { drawnSubjects, photographedSubjects, type Subjects } from './subjects.ts';
import { sheetBytes } from './sheet-write.ts';

/** Options of the command. */
export interface DatasetRun {
  readonly layout: LayoutName;
  /** Path of a new folder. */
  readonly out: string;
  /** Folder of photographs. Default: drawn faces. */
  readonly faces: string | undefined;
  readonly plan: DatasetOptions;
}

/** File that `dataset check --synthetic` compares with. */
const COUNTS = 'telltale-synthetic.json';
/** File with the movements of every film. */
const TRUTH = 'telltale-truth.json';
/** Frames encoded concurrently while the next is drawn. */
const AT_ONCE = 8;

/**
 * Writes the dataset, whole or not at all.
 *
 * @throws TelltaleError `OPTION_INVALID`, `FACE_NOT_FOUND`, `FILE_MISSING`, `OUTPUT_UNWRITABLE`, `CANCELED`
 */
export async function runSynthDataset(run: DatasetRun, signal: AbortSignal): Promise<void> {
  const plan = planDataset(run.layout, run.plan);
  await assertWritable(run.out, 'file');
  const seed = run.plan.seed ?? 1;
  const subjects =
    run.faces === undefined
      ? drawnSubjects(seed, Math.max(40, 1.15 * plan.films[0]!.scenario.interocular))
      : await photographedSubjects(run.faces, seed, signal);
  await writeThrough(run.out, (folder) => writeDataset(folder, { plan, subjects, signal }));
  const counts = countPlan(plan);
  process.stdout.write(`${run.out}\n`);
  process.stderr.write(
    `${counts.clips} micro-expressions of ${counts.subjects} synthetic subjects\n`,
  );
}

interface Synthesis {
  readonly plan: DatasetPlan;
  readonly subjects: Subjects;
  readonly signal: AbortSignal;
}

async function writeDataset(folder: string, { plan, subjects, signal }: Synthesis): Promise<void> {
  const { layout } = plan;
  // In the order of the subjects, so that each is prepared once.
  const films = [...plan.films].sort((a, b) => a.film.subject - b.film.subject);
  const total = films.reduce((sum, { film }) => sum + film.frames, 0);
  const progress = openProgress();
  try {
    let done = 0;
    for (const planned of films) {
      await writeFilm(folder, planned, {
        ...{ plan, subjects, signal },
        onFrame: () => progress.update(`frame ${countOf(++done, total)}`),
      });
    }
  } finally {
    progress.end();
  }
  for (const sheet of layout.sheets(plan.films.map(({ film }) => film))) {
    await write(join(folder, sheet.path), await sheetBytes(sheet));
  }
  await write(join(folder, COUNTS), `${JSON.stringify(countPlan(plan), null, 2)}\n`);
  await write(join(folder, TRUTH), `${JSON.stringify(truthOf(plan), null, 2)}\n`);
}

async function writeFilm(
  folder: string,
  { film, scenario }: PlannedFilm,
  { plan: { layout }, subjects, signal, onFrame }: Synthesis & { readonly onFrame: () => void },
): Promise<void> {
  const clip = filmScenario(subjects(film.subject), scenario);
  const { width, height } = scenario;
  const depth = layout.depth && (await depthImage(width, height));
  const folders = new Set(layout.paths(film, film.events[0]!.onset).map((path) => dirname(path)));
  if (layout.depth) folders.add(dirname(layout.depth(film, 0)));
  for (const path of folders) await mkdir(join(folder, path), { recursive: true });

  let writing: Promise<void>[] = [];
  for await (const frame of clip.frames()) {
    signal.throwIfAborted();
    const paths = layout.paths(film, frame.index);
    const { data } = frame;
    writing.push(
      ...paths.map(async (path) => {
        const bytes = await encodeFrame({ data, width, height, channels: 3 }, path);
        await writeFile(join(folder, path), bytes);
      }),
    );
    if (layout.depth && depth) {
      writing.push(writeFile(join(folder, layout.depth(film, frame.index)), depth));
    }
    if (writing.length >= AT_ONCE) {
      await Promise.all(writing);
      writing = [];
    }
    onFrame();
  }
  await Promise.all(writing);
}

/** A 16-bit depth image: a head in front of a wall, the same in every frame. */
function depthImage(width: number, height: number): Promise<Uint8Array> {
  const data = new Uint16Array(width * height);
  for (let i = 0; i < data.length; i++) {
    const x = ((i % width) / width - 0.5) / 0.3;
    const y = (Math.floor(i / width) / height - 0.5) / 0.42;
    const r = x * x + y * y;
    data[i] = r < 1 ? 700 - 90 * Math.sqrt(1 - r) : 1400;
  }
  return encodePng({ data, width, height, channels: 1 });
}

async function write(path: string, content: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
