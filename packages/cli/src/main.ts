/**
 * @file The program `telltale`.
 *
 * Each command is a file of `commands/` that loads what it needs when it runs,
 * so that `telltale --help` is quick and an error in the command line is found
 * before a network is loaded.
 */
import process from 'node:process';

import { analyzeCommand } from './commands/analyze.ts';
import { calibrateCommand } from './commands/calibrate.ts';
import { datasetCommand } from './commands/dataset.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { flowCommand } from './commands/flow.ts';
import { foldCommand } from './commands/fold.ts';
import { openCommand } from './commands/open.ts';
import { magnifyCommand } from './commands/magnify.ts';
import { predictCommand } from './commands/predict.ts';
import { pretrainCommand } from './commands/pretrain.ts';
import { spotCommand } from './commands/spot.ts';
import { synthCommand } from './commands/synth.ts';
import { trainCommand } from './commands/train.ts';
import { removeUnfinished } from './io/output.ts';
import { createProgram, runProgram } from './program.ts';

process.on('exit', removeUnfinished);
// A reader that has seen enough (`telltale … --json | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await runProgram(
  createProgram([
    analyzeCommand(),
    spotCommand(),
    openCommand(),
    magnifyCommand(),
    synthCommand(),
    datasetCommand(),
    pretrainCommand(),
    trainCommand(),
    predictCommand(),
    flowCommand(),
    evaluateCommand(),
    foldCommand(),
    calibrateCommand(),
  ]),
  process.argv.slice(2),
);
