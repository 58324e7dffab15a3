/**
 * @file The commands of `telltale` by name, loaded on demand.
 *
 * Node takes about as long to load a dozen small modules as to start, and most runs need one of them.
 */
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

type LoadCommand = () => Promise<CommandUnknownOpts>;

/** In the order in which the help lists them. */
const COMMANDS: Readonly<Record<string, LoadCommand>> = {
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
 * The commands to load for a command line: the one that it names; none for `--version`; all of them for the help and
 * for an unknown name, which is compared with all names.
 *
 * @param words - the command line without the program's name
 */
export async function loadCommands(words: readonly string[]): Promise<CommandUnknownOpts[]> {
  const [first = ''] = words;
  if (words.length === 1 && ['-V', '--version'].includes(first)) return [];
  if (Object.hasOwn(INTERNAL, first)) return [await INTERNAL[first]!()];
  const load = Object.hasOwn(COMMANDS, first) ? [COMMANDS[first]!] : Object.values(COMMANDS);
  return Promise.all(load.map((one) => one()));
}
