/**
 * @file The commands of `telltale` by name, loaded on demand.
 *
 * Node takes about as long to load a dozen small modules as to start, and most runs need one of them.
 */
import { Command, Option } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { SUMMARIES, type CommandName, type Summary } from './summaries.ts';

type LoadCommand = () => Promise<CommandUnknownOpts>;

const COMMANDS: Readonly<Record<CommandName, LoadCommand>> = {
  analyze: async () => (await import('./commands/analyze.ts')).analyzeCommand(),
  recognize: async () => (await import('./commands/recognize.ts')).recognizeCommand(),
  spot: async () => (await import('./commands/spot.ts')).spotCommand(),
  agree: async () => (await import('./commands/agree.ts')).agreeCommand(),
  convert: async () => (await import('./commands/convert.ts')).convertCommand(),
  show: async () => (await import('./commands/show.ts')).showCommand(),
  open: async () => (await import('./commands/open.ts')).openCommand(),
  magnify: async () => (await import('./commands/magnify.ts')).magnifyCommand(),
  synth: async () => (await import('./commands/synth.ts')).synthCommand(),
  dataset: async () => (await import('./commands/dataset.ts')).datasetCommand(),
  pretrain: async () => (await import('./commands/pretrain.ts')).pretrainCommand(),
  train: async () => (await import('./commands/train.ts')).trainCommand(),
  predict: async () => (await import('./commands/predict.ts')).predictCommand(),
  flow: async () => (await import('./commands/flow.ts')).flowCommand(),
  evaluate: async () => (await import('./commands/evaluate.ts')).evaluateCommand(),
  fold: async () => (await import('./commands/fold.ts')).foldCommand(),
  calibrate: async () => (await import('./commands/calibrate.ts')).calibrateCommand(),
  export: async () => (await import('./commands/export.ts')).exportCommand(),
};

/** Commands that other commands start: no help lists them. */
const INTERNAL: Readonly<Record<string, LoadCommand>> = {
  jobs: async () => (await import('./commands/jobs.ts')).jobsCommand(),
};

/**
 * The commands for a command line: the one that it names; none for `--version`; only what the help states of each where no
 * word is a command, so that the help is printed, or the mistake is reported.
 *
 * @param words - the command line without the program's name
 */
export async function loadCommands(words: readonly string[]): Promise<CommandUnknownOpts[]> {
  const [first = ''] = words;
  if (words.length === 1 && ['-V', '--version'].includes(first)) return [];
  if (Object.hasOwn(INTERNAL, first)) return [await INTERNAL[first]!()];
  if (isCommand(first)) return [await COMMANDS[first]()];
  return words.some(isCommand) ? loadAllCommands() : Object.entries(SUMMARIES).map(summaryCommand);
}

/** All commands that the help lists, in its order. */
export function loadAllCommands(): Promise<CommandUnknownOpts[]> {
  return Promise.all(Object.values(COMMANDS).map((load) => load()));
}

function isCommand(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word);
}

/** A command that can only be listed. */
function summaryCommand([name, summary]: [string, Summary]): CommandUnknownOpts {
  const command = new Command(name).description(summary.description);
  for (const argument of summary.arguments) command.argument(argument);
  // One is enough for the help to show that there are some.
  if (summary.hasOptions) command.addOption(new Option('--any').hideHelp());
  return command;
}
