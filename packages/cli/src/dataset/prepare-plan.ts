/** @file Which frames each annotated clip needs, under which key it is kept, and what of it is missing. */
import { join } from 'node:path';

import { TelltaleError } from '@telltale/core/errors';
import { framesByNumber } from '@telltale/core/datasets';
import type { Annotation, DatasetDefinition } from '@telltale/core/datasets';
import { clipIdentity, neededFrames } from '@telltale/core/prepare';
import type { FrameContent, Preparation } from '@telltale/core/prepare';

import { cacheKey, digestOfFrame } from '../cache/key.ts';
import { countOf } from '../terminal.ts';
import type { Progress } from '../terminal.ts';
import type { readDatasetFolder } from './content.ts';
import { clipFolder, readKept, sizeFolder } from './prepare-cache.ts';
import type { KeptClip } from './prepare-cache.ts';
import type { ClipJob } from './prepare-job.ts';
import type { FailedClip } from './prepare-run.ts';

/** A clip on its way. */
export interface PlannedClip {
  readonly annotation: Annotation;
  /** Frames that are needed: number, path relative to the dataset's folder, SHA-256. */
  readonly frames: ClipJob['frames'];
  /** One per size. */
  readonly targets: readonly Target[];
}

interface Target {
  readonly size: number;
  /** Relative to the cache. */
  readonly folder: string;
  readonly key: string;
}

/** Clips whose files are read at a time: Node reads with four threads, and open files are limited. */
const TOGETHER = 8;

/** What is the same for all clips of a run. */
export interface PrepareContext {
  readonly definition: DatasetDefinition;
  readonly root: string;
  readonly cache: string;
  readonly preparation: Preparation;
  /** Digests of the face models. */
  readonly models: readonly string[];
  /** Digest of the code that prepares. */
  readonly code: string;
}

/** Finds each clip's frames and key. */
export async function planClips(
  annotations: readonly Annotation[],
  context: PrepareContext & {
    readonly reading: Awaited<ReturnType<typeof readDatasetFolder>>;
    readonly failed: FailedClip[];
    readonly signal: AbortSignal;
    readonly progress: Progress;
  },
): Promise<PlannedClip[]> {
  const folders = new Map(context.reading.content.folders.map(({ path, files }) => [path, files]));
  const numbered = new Map<string, ReadonlyMap<number, string>>();
  const framesIn = (path: string): ReadonlyMap<number, string> => {
    const known = numbered.get(path) ?? framesByNumber(folders.get(path) ?? []);
    numbered.set(path, known);
    return known;
  };
  let looked = 0;
  return inParts(annotations, context.signal, async (annotation) => {
    context.progress.update(`looking at clip ${countOf(++looked, annotations.length)}`);
    try {
      return [await planClip(annotation, framesIn(annotation.folder), context)];
    } catch (error) {
      if (!(error instanceof TelltaleError)) throw error;
      const { code, message } = error;
      context.failed.push({ ...nameOf(annotation), code, message });
      return [];
    }
  });
}

async function planClip(
  annotation: Annotation,
  frames: ReadonlyMap<number, string>,
  { definition, root, preparation, models, code }: PrepareContext,
): Promise<PlannedClip> {
  const { folder } = annotation;
  if (folder === '' && frames.size === 0) {
    throw new TelltaleError('DATASET_FILE_MISSING', 'there is no folder with its frames', '');
  }
  const needed: [number, string, string][] = [];
  for (const number of neededFrames(annotation, [...frames.keys()], preparation)) {
    const path = folder === '' ? frames.get(number)! : `${folder}/${frames.get(number)!}`;
    needed.push([number, path, await digestOfFrame(join(root, path))]); // in turn: few files are open
  }
  const contents = needed.map(([number, , sha256]): FrameContent => ({ number, sha256 }));
  const [first] = preparation.sizes;
  return {
    annotation,
    frames: needed,
    targets: preparation.sizes.map((size) => {
      const identity = clipIdentity(annotation, contents, { ...preparation, models, size });
      const key = cacheKey({ ...identity, code });
      const place = clipFolder(definition.name, annotation, key);
      return { size, key, folder: sizeFolder(size, first!) + place };
    }),
  };
}

/** What the cache holds of clips, by folder; what it lacks is not there. */
export async function readAllKept(
  clips: readonly PlannedClip[],
  { cache, signal }: { readonly cache: string; readonly signal: AbortSignal },
): Promise<Map<string, KeptClip>> {
  const targets = clips.flatMap((clip) => clip.targets);
  const found = await inParts(targets, signal, async ({ folder, key }) => {
    const kept = await readKept(join(cache, folder), key);
    return kept === undefined ? [] : [[folder, kept] as const];
  });
  return new Map(found);
}

/** The name of a clip. */
export function nameOf({ subject, clip }: Annotation): {
  readonly subject: string;
  readonly clip: string;
} {
  return { subject, clip };
}

/** Maps in order, so many at a time. */
export async function inParts<T, R>(
  items: readonly T[],
  signal: AbortSignal,
  map: (item: T) => Promise<readonly R[]>,
): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += TOGETHER) {
    signal.throwIfAborted();
    const part = await Promise.all(items.slice(start, start + TOGETHER).map(map));
    results.push(...part.flat());
  }
  return results;
}
