/**
 * @file Makes a dataset: every film of a plan as frames on disk, its sheets, and the truth beside them.
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
import { drawnPeople, photographedPeople, type People } from './people.ts';
import { sheetBytes } from './sheet-write.ts';

/** What to make, and where. */
export interface DatasetRun {
  readonly layout: LayoutName;
  /** A folder that is not there yet. */
  readonly out: string;
  /** Folder of photographs; else faces are drawn. */
  readonly faces: string | undefined;
  readonly plan: DatasetOptions;
}

/** What `dataset check --synthetic` compares with. */
const COUNTS = 'telltale-synthetic.json';
/** Every film's movements. */
const TRUTH = 'telltale-truth.json';
/** Frames that are encoded at a time while the next is drawn. */
const AT_ONCE = 8;

/**
 * Makes the dataset, whole or not at all.
 *
 * @throws TelltaleError `OPTION_INVALID`, `FACE_NOT_FOUND`, `FILE_MISSING`, `OUTPUT_UNWRITABLE`, `CANCELED`
 */
export async function runSynthDataset(run: DatasetRun, signal: AbortSignal): Promise<void> {
  const plan = planDataset(run.layout, run.plan);
  await assertWritable(run.out, 'file');
  const seed = run.plan.seed ?? 1;
  const people =
    run.faces === undefined
      ? drawnPeople(seed, Math.max(40, 1.15 * plan.films[0]!.scenario.interocular))
      : await photographedPeople(run.faces, seed, signal);
  await writeThrough(run.out, (folder) => writeDataset(folder, { plan, people, signal }));
  const { clips, subjects } = countPlan(plan);
  process.stdout.write(`${run.out}\n`);
  process.stderr.write(`${clips} micro-expressions of ${subjects} made-up subjects\n`);
}

interface Making {
  readonly plan: DatasetPlan;
  readonly people: People;
  readonly signal: AbortSignal;
}

async function writeDataset(folder: string, { plan, people, signal }: Making): Promise<void> {
  const { layout } = plan;
  // Film by film of one person, so that a person is made ready once.
  const films = [...plan.films].sort((a, b) => a.film.subject - b.film.subject);
  const total = films.reduce((sum, { film }) => sum + film.frames, 0);
  const progress = openProgress();
  try {
    let done = 0;
    for (const planned of films) {
      await writeFilm(folder, planned, {
        ...{ plan, people, signal },
        tell: () => progress.update(`frame ${countOf(++done, total)}`),
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
  { plan: { layout }, people, signal, tell }: Making & { readonly tell: () => void },
): Promise<void> {
  const clip = filmScenario(people(film.subject), scenario);
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
    tell();
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
