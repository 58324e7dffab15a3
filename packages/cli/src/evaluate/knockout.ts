/** @file `telltale evaluate knockout`: what each part of a network does, seen by taking it out. */
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import process from 'node:process';

import { TelltaleError } from '@telltale/core';
import { knockoutMarkdown, scoreKnockout } from '@telltale/core/evaluate';
import type { KnockedOut, KnockoutResult } from '@telltale/core/evaluate';
import type { NamedPart } from '@telltale/core/nets';
import type { Recognizer } from '@telltale/core/recognize';
import { openRecognizer } from '@telltale/node';
import { assertWritable, writeFolderWhole, writeWhole } from '@telltale/node/output';

import { codeDigest } from '../cache/code.ts';
import { cacheKey } from '../cache/key.ts';
import { readFlowFolder } from '../io/dataset.ts';
import type { FlowDataset } from '../io/dataset.ts';
import { assertSameAlpha } from '../io/same-alpha.ts';
import { version } from '../overview.ts';
import { openProgress } from '../terminal.ts';

/** What the command takes. */
export interface KnockoutOptions {
  readonly data: string;
  readonly out: string;
  readonly weights?: string | undefined;
  readonly network?: string | undefined;
}

/** Samples between two updates of the progress. */
const STEP = 16;

/**
 * Classifies a dataset with the whole network and without each of its parts, and writes `knockout.json` and
 * `knockout.md`. The answers without a part are kept in `parts/`, and an interrupted run resumes with them.
 *
 * @throws TelltaleError `OPTION_INVALID` for a recognizer without parts, `DATASET_…`, `WEIGHTS_…`,
 *   `OUTPUT_UNWRITABLE`, `CANCELED`
 */
export async function runKnockout(options: KnockoutOptions, signal: AbortSignal): Promise<void> {
  const out = resolve(options.out);
  await assertWritable(out, 'folder');
  const { weights, network = weights === undefined ? 'merba' : undefined } = options;
  const chosen = { weights, network };
  const whole = await openRecognizer(chosen);
  const { card, size } = whole;
  const progress = openProgress();
  try {
    const parts = whole.parts?.filter(({ training }) => !training) ?? [];
    if (parts.length === 0) throw noParts(card.network);
    const data = await readFlowFolder(options.data, { size, signal });
    assertSameAlpha(whole, data.samples);
    const all: (NamedPart | undefined)[] = [undefined, ...parts];
    const code = codeDigest('knockout');
    const answers: number[][][] = [];
    for (const [i, part] of all.entries()) {
      const what = part === undefined ? 'whole network' : `without ${part.name}`;
      answers.push(
        await answersOf(out, data, {
          ...{ part, card, code, signal },
          open: async () =>
            part === undefined ? whole : openRecognizer({ ...chosen, without: [part.name] }),
          onProgress: (done) =>
            progress.update(`${i + 1}/${all.length} ${what}: ${done} of ${data.samples.length}`),
        }),
      );
    }
    const knocked = parts.map(({ name, title, neutral }, i): KnockedOut => {
      return { name, title, neutral, probabilities: answers[i + 1]! };
    });
    const result: KnockoutResult = {
      schema: 'telltale.knockout/1',
      telltale: version(),
      network: card.network,
      config: card.config,
      weights: card.weights,
      data: data.fingerprint,
      classes: card.classes,
      ...scoreKnockout({
        classes: card.classes,
        samples: data.samples,
        whole: answers[0]!,
        parts: knocked,
      }),
    };
    const text = knockoutMarkdown(result);
    await writeFolderWhole(
      out,
      new Map([
        ['knockout.json', `${JSON.stringify(result, null, 1)}\n`],
        ['knockout.md', text],
      ]),
    );
    progress.end();
    process.stdout.write(text);
  } finally {
    progress.end();
    await whole.release();
  }
}

interface AnswerOptions {
  /** The part that is taken out. */
  readonly part: NamedPart | undefined;
  readonly card: Recognizer['card'];
  /** Digest of the code that computes the answers. */
  readonly code: string;
  readonly open: () => Promise<Recognizer>;
  readonly onProgress: (done: number) => void;
  readonly signal: AbortSignal;
}

/** Probabilities of each sample's classes, from the folder where an earlier run of the same code left them. */
async function answersOf(
  out: string,
  { samples, images, faces, fingerprint }: FlowDataset,
  { part, card, code, open, onProgress, signal }: AnswerOptions,
): Promise<number[][]> {
  const key = cacheKey({
    content: { data: fingerprint, weights: card.weights, samples: samples.length },
    options: { without: part?.name ?? null },
    code,
  });
  const path = join(out, 'parts', `${part?.name ?? 'whole'}.json`);
  const kept = await readKept(path, key);
  if (kept !== undefined) return kept;
  const recognizer = await open();
  try {
    const found: number[][] = [];
    for (const [i, flow] of images.entries()) {
      signal.throwIfAborted();
      if (i % STEP === 0) onProgress(i);
      const [row] = await recognizer.classify([{ flow, ...faces[i] }]);
      found.push([...row!]);
    }
    await mkdir(join(out, 'parts'), { recursive: true });
    await writeWhole(path, `${JSON.stringify({ key, probabilities: found })}\n`);
    return found;
  } finally {
    if (part !== undefined) await recognizer.release();
  }
}

async function readKept(path: string, key: string): Promise<number[][] | undefined> {
  try {
    const kept = JSON.parse(await readFile(path, 'utf8')) as {
      readonly key?: string;
      readonly probabilities: number[][];
    };
    return kept.key === key ? kept.probabilities : undefined;
  } catch {
    return undefined; // none yet, or damaged: computed again
  }
}

function noParts(network: string): TelltaleError {
  return new TelltaleError(
    'OPTION_INVALID',
    `the parts of ${network} cannot be taken out`,
    'Give one network: the name of one that ships, or weights that "telltale train" wrote. An ensemble is several, and an exported .onnx has no parts to name.',
  );
}
