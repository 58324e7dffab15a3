/** @file `telltale export`: a recognizer as a standard ONNX file with its description. */
import { basename, dirname, join } from 'node:path';
import process from 'node:process';

import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import type { Overwrite } from '../io/free.ts';
import { SUMMARIES } from '../summaries.ts';
import { overwriteOption } from './output-options.ts';

/** The command; its action loads the modules that it needs. */
export function exportCommand(): CommandUnknownOpts {
  return new Command('export')
    .description(SUMMARIES.export.description)
    .argument(
      '<weights>',
      'weights that "telltale train" or "telltale evaluate units" wrote, the name of a recognizer that ships, or action-units',
    )
    .requiredOption(
      '--out <place>',
      'folder for model.onnx and model.json; or NAME.onnx, with NAME.json beside it',
    )
    .addOption(overwriteOption())
    .action(async (weights, options) => {
      await runExport(weights, options);
    });
}

async function runExport(
  weights: string,
  { out, overwrite }: Overwrite & { readonly out: string },
): Promise<void> {
  const { assertFree } = await import('../io/free.ts');
  const { assertWritable, writeFolderWhole } = await import('@telltale/node/output');
  const { descriptionOf } = await import('@telltale/node');
  const isFile = /\.onnx$/i.test(out);
  const folder = isFile ? dirname(out) : out;
  const name = isFile ? basename(out) : 'model.onnx';
  await assertWritable(isFile ? out : folder, isFile ? 'file' : 'folder');
  await assertFree(
    [name, descriptionOf(name)].map((one) => join(folder, one)),
    { overwrite },
  );
  const { onnx, description, line } = await exported(weights, name);
  const files = new Map<string, Uint8Array | string>([
    [name, onnx],
    [descriptionOf(name), description],
  ]);
  await writeFolderWhole(folder, files);
  for (const file of files.keys()) process.stdout.write(`${join(folder, file)}\n`);
  process.stderr.write(`${line}\n`);
}

/** Name under which the recognizer of action units is exported. */
const ACTION_UNITS = 'action-units';

/** The files of a recognizer of emotions or of units, and a line about them. */
async function exported(
  weights: string,
  name: string,
): Promise<{ readonly onnx: Uint8Array; readonly description: string; readonly line: string }> {
  const { exportModel, readDescription } = await import('@telltale/core/recognize');
  const { exportUnits, isUnitsFile, readUnitsModel } = await import('@telltale/core/units');
  const { namingFile, openUnits, readWeightsOrShipped } = await import('@telltale/node');
  const bytes = weights === ACTION_UNITS ? undefined : await readWeightsOrShipped(weights);
  if (bytes === undefined || isUnitsFile(bytes)) {
    const model =
      bytes === undefined
        ? await openUnits()
        : await namingFile(weights, () => readUnitsModel(bytes));
    const { units, syntheticUnits, score } = model.card;
    const more = syntheticUnits ? `; from synthetic data only ${syntheticUnits.join(', ')}` : '';
    const line = `images [1, 3, 28, 28] to action units ${units.join(', ')}${more}.\nScore: ${score}`;
    return { ...exportUnits(model, name), line };
  }
  const files = await namingFile(weights, () => exportModel(bytes, name));
  const { network, config, input, output, score } = readDescription(files.description);
  const line =
    `${network} ${config}: ${input.name} [${input.shape.join(', ')}] to ${output.name} of ${output.classes.join(', ')}.\n` +
    `Score: ${score}`;
  return { ...files, line };
}
