/** @file `telltale predict`: runs a recognizer on a folder of flow images. */
import process from 'node:process';

import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import type { Overwrite } from '../io/free.ts';
import { refuseUnused, weightsRule } from '../option-rules.ts';
import { SUMMARIES } from '../summaries.ts';
import { overwriteOption } from './output-options.ts';
import type { Predicted } from '@telltale/core/evaluate';

/** The command; its action loads the modules that it needs. */
export function predictCommand(): CommandUnknownOpts {
  const command = new Command('predict')
    .description(SUMMARIES.predict.description)
    .requiredOption('--data <folder>', 'folder with samples.csv')
    .requiredOption('--out <file>', 'path of the predictions, as CSV')
    .option(
      '--weights <file>',
      'weights that "telltale train" wrote, or an exported .onnx (default: those that ship)',
    )
    .option(
      '--network <name>',
      'recognizer that ships; ensemble: the mean of merba, mfdan and densemix-flow (default: of merba and svm-rbf)',
    )
    .addOption(overwriteOption())
    .action(async (options) => {
      const { interruptible } = await import('../terminal.ts');
      await interruptible((signal) => predict(options, signal));
    });
  return refuseUnused(command, [weightsRule()]);
}

async function predict(
  options: Overwrite & {
    readonly data: string;
    readonly weights?: string;
    readonly network?: string;
    readonly out: string;
  },
  signal: AbortSignal,
): Promise<void> {
  const { assertWritable, writeWhole } = await import('@telltale/node/output');
  const { readFlowFolder } = await import('../io/dataset.ts');
  const { openRecognizer, openUnits } = await import('@telltale/node');
  const { recognizeUnits } = await import('@telltale/core/units');
  const { flowSize } = await import('@telltale/core/nets');
  const { predictionsCsv, scoreJudgments, verdictOf } = await import('@telltale/core/evaluate');
  const { assertFree } = await import('../io/free.ts');
  const { assertSameAlpha } = await import('../io/same-alpha.ts');
  await assertWritable(options.out, 'file');
  await assertFree([options.out], options);
  const recognizer = await openRecognizer(options);
  const { network, config, classes } = recognizer.card;
  const rows: Predicted[] = [];
  try {
    const { size } = recognizer;
    const units = size === flowSize ? await openUnits() : undefined;
    const { samples, images, faces } = await readFlowFolder(options.data, { size, signal });
    assertSameAlpha(recognizer, samples);
    for (const [i, sample] of samples.entries()) {
      signal.throwIfAborted();
      const input = { flow: images[i]!, ...faces[i] };
      const [probabilities] = await recognizer.classify([input]);
      const fine = (await recognizer.fine?.classify([input]))?.[0];
      rows.push({
        sample,
        probabilities: [...probabilities!],
        ...(fine && { fine: [...fine] }),
        ...(units && { units: recognizeUnits(units, images[i]!) }),
      });
    }
  } finally {
    await recognizer.release();
  }
  await writeWhole(options.out, predictionsCsv(rows, classes, recognizer.fine?.classes));
  process.stderr.write(`${network} ${config} on ${rows.length} samples: ${options.out}\n`);

  const labeled = rows.filter(({ sample }) => sample.emotion !== undefined);
  const judgments = labeled.flatMap(({ sample, probabilities }) =>
    classes.includes(sample.emotion!)
      ? [{ target: sample.emotion!, prediction: verdictOf(probabilities, classes) }]
      : [],
  );
  if (judgments.length < labeled.length) {
    process.stderr.write(
      `Excluded from the scores, because the recognizer does not have their emotion: ${labeled.length - judgments.length}.\n`,
    );
  }
  if (judgments.length === 0) return;
  const { uf1, uar } = scoreJudgments(judgments, classes);
  process.stdout.write(`UF1 ${uf1.toFixed(4)}\nUAR ${uar.toFixed(4)}\n`);
  process.stderr.write(
    `Over ${judgments.length} samples. Valid only for subjects whose clips the weights were not trained on.\n`,
  );
}
