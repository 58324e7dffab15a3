/** @file `telltale predict`: a recognizer over a folder of flow pictures. */
import process from 'node:process';

import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Predicted } from '@telltale/core/evaluate';

/** The command, without having loaded what it works with. */
export function predictCommand(): CommandUnknownOpts {
  return new Command('predict')
    .description(
      'Run a recognizer over a folder of flow pictures (samples.csv and 28×28 PNG). ' +
        'Where the sheet has emotions, the scores are printed too.',
    )
    .requiredOption('--data <folder>', 'folder that holds samples.csv')
    .requiredOption('--out <file>', 'where the predictions go, as CSV')
    .option(
      '--weights <file>',
      'weights that "telltale train" made, or an exported .onnx; else those that ship',
    )
    .option('--network <name>', 'which of those that ship, or ensemble for all of them')
    .action(async (options) => {
      const { interruptible } = await import('../terminal.ts');
      await interruptible((signal) => predict(options, signal));
    });
}

async function predict(
  options: {
    readonly data: string;
    readonly weights?: string;
    readonly network?: string;
    readonly out: string;
  },
  signal: AbortSignal,
): Promise<void> {
  const { assertWritable, writeWhole } = await import('@telltale/node/output');
  const { readFlowFolder } = await import('../io/dataset.ts');
  const { openRecognizer } = await import('@telltale/node');
  const { predictionsCsv, scoreJudgments, verdictOf } = await import('@telltale/core/evaluate');
  await assertWritable(options.out, 'file');
  const recognizer = await openRecognizer(options);
  const { network, config, classes } = recognizer.card;
  const rows: Predicted[] = [];
  try {
    const { size } = recognizer;
    const { samples, pictures, faces } = await readFlowFolder(options.data, { size, signal });
    for (const [i, sample] of samples.entries()) {
      signal.throwIfAborted();
      const [probabilities] = await recognizer.classify([{ flow: pictures[i]!, ...faces[i] }]);
      rows.push({ sample, probabilities: [...probabilities!] });
    }
  } finally {
    await recognizer.release();
  }
  await writeWhole(options.out, predictionsCsv(rows, classes));
  process.stderr.write(`${network} ${config} on ${rows.length} samples: ${options.out}\n`);

  const labeled = rows.filter(({ sample }) => sample.emotion !== undefined);
  const judgments = labeled.flatMap(({ sample, probabilities }) =>
    classes.includes(sample.emotion!)
      ? [{ target: sample.emotion!, prediction: verdictOf(probabilities, classes) }]
      : [],
  );
  if (judgments.length < labeled.length) {
    process.stderr.write(
      `Left out of the scores, because the recognizer does not know their emotion: ${labeled.length - judgments.length}.\n`,
    );
  }
  if (judgments.length === 0) return;
  const { uf1, uar } = scoreJudgments(judgments, classes);
  process.stdout.write(`UF1 ${uf1.toFixed(4)}\nUAR ${uar.toFixed(4)}\n`);
  process.stderr.write(
    `Over ${judgments.length} samples. Honest only for people whose clips the weights were not trained on.\n`,
  );
}
