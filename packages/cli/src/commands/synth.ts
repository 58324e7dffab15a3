/** @file `telltale synth`: synthetic clips and datasets with known movements. */
import { extname } from 'node:path';

import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { nonNegativeNumber, positiveInteger, positiveNumber, seedNumber } from '../arguments.ts';
import { refuseUnused } from '../option-rules.ts';
import { SUMMARIES } from '../summaries.ts';
import { overwriteOption } from './output-options.ts';

/** Kinds of movement; checked against the library when the command runs. */
const KINDS = [
  ...(['brow-raise', 'brow-lower', 'lid-raise', 'cheek-raise', 'nose-wrinkle'] as const),
  ...(['lip-corner-pull', 'lip-corner-depress', 'chin-raise'] as const),
  ...(['lower-lip-depress', 'lip-pucker', 'lip-stretch', 'lip-tighten', 'lip-press'] as const),
  ...(['lips-part', 'jaw-drop', 'lip-suck', 'nostril-dilate'] as const),
] as const;

/** Layouts of datasets; checked like the kinds. */
const LAYOUTS = [
  ...(['casme', 'casme2', 'samm', 'sammlv', 'smic', 'casmesq', 'casme3', 'casme3c'] as const),
  ...(['mmew', '4dme', 'dfme', 'smic-vis', 'smic-nir', 'generic'] as const),
] as const;

/** The command; its action loads the modules that it needs. */
export function synthCommand(): CommandUnknownOpts {
  return new Command('synth')
    .description(SUMMARIES.synth.description)
    .addCommand(clipCommand(), { isDefault: true })
    .addCommand(datasetCommand());
}

function clipCommand(): CommandUnknownOpts {
  return new Command('clip')
    .description(
      'Synthesize a clip from a photograph of a face, or a drawn one: one movement of known kind, size and time, ' +
        'with head sway, changing light and sensor noise. The ground truth is written beside the clip, as JSON. ' +
        'The word "clip" may be omitted.',
    )
    .requiredOption('--out <clip>', 'path of the clip, as .mp4')
    .option(
      '--face <photo>',
      'photograph of a face (default: that of a development dependency where it is installed, else a drawn face)',
    )
    .addOption(
      new Option('--kind <kind>', 'kind of movement')
        .choices(KINDS)
        .default('lip-corner-pull' as const),
    )
    .option(
      '--amplitude <pixels>',
      'largest displacement, pixels of the clip',
      nonNegativeNumber,
      2,
    )
    .option('--rate <fps>', 'frames per second', positiveNumber, 30)
    .option('--seconds <seconds>', 'length of the clip', positiveNumber, 4)
    .option('--seed <number>', 'seed of times, sway and noise', seedNumber, 1)
    .option(
      '--noise <levels>',
      'standard deviation of the sensor noise, gray levels of 255',
      nonNegativeNumber,
      1.5,
    )
    .option('--sway <scale>', 'head sway: 1 is about 3 pixels, 0 is none', nonNegativeNumber, 1)
    .option('--blink', 'add one blink', false)
    .addOption(overwriteOption())
    .action(async (options) => {
      const { interruptible } = await import('../terminal.ts');
      const { runSynth } = await import('../synth/run.ts');
      const { out, face, overwrite, ...rest } = options;
      const truth = `${out.slice(0, out.length - extname(out).length)}.json`;
      await interruptible((signal) =>
        runSynth({ out, truth, face, overwrite, synthesis: rest }, signal),
      );
    });
}

function datasetCommand(): CommandUnknownOpts {
  const command = new Command('dataset')
    .description(
      'Synthesize a dataset in the layout of a licensed one: its folders, frame names and annotation sheet, without ' +
        'any real participant. Faces are drawn, or taken from photographs; emotions are combinations of action ' +
        'units as coders write them. Onset, apex, offset and size of every movement are written beside it, as JSON. ' +
        'With --flow, only flow images for training networks.',
    )
    .addOption(
      new Option(
        '--layout <dataset>',
        'layout of a dataset; casme3c: part C; generic: an annotations.csv of your own',
      ).choices(LAYOUTS),
    )
    .option('--flow', 'no frames: samples.csv with flow images of known movements', false)
    .requiredOption('--out <folder>', 'new folder of the dataset')
    .option('--subjects <number>', 'synthetic subjects', positiveInteger, 5)
    .option('--clips <number>', 'micro-expressions', positiveInteger, 30)
    .option('--seed <number>', 'seed of all random numbers', seedNumber, 1)
    .option('--faces <folder>', 'photographs of faces (default: drawn faces)')
    .option('--fps <rate>', 'frames per second (default: those of the original)', positiveNumber)
    .option(
      '--size <size>',
      'of the frames, as WIDTHxHEIGHT, pixels; with --flow of the flow images, which are square (default: 28x28)',
      sizeOf,
    )
    .option('--amplitude <pixels>', 'largest displacement at the apex (default: 2)', positiveNumber)
    .addOption(
      new Option(
        '--classes <classes>',
        'with --flow: composite (negative, positive and surprise), or emotions (default: composite)',
      ).choices(['composite', 'emotions'] as const),
    )
    .action(async (options, command) => {
      const { layout, flow, out, subjects, clips, seed, faces, fps, size, amplitude } = options;
      const refuse = (message: string): never => command.error(`error: ${message}`);
      const { interruptible } = await import('../terminal.ts');
      if (flow) {
        const { runSynthFlow } = await import('../synth/flow-dataset.ts');
        const { classes = 'composite' } = options;
        const [width = 28, height = width] = size ?? [];
        if (width !== height) return refuse(`--size ${width}x${height}: flow images are square`);
        const samples = { out, subjects, clips, seed, classes, size: width };
        await interruptible((signal) => runSynthFlow(samples, signal));
        return;
      }
      if (layout === undefined) return refuse('give --layout, or --flow');
      const { runSynthDataset } = await import('../synth/dataset.ts');
      const plan = {
        ...{ subjects, clips, seed },
        ...(fps === undefined ? {} : { rate: fps }),
        ...(size === undefined ? {} : { size }),
        ...(amplitude === undefined ? {} : { amplitude }),
      };
      await interruptible((signal) => runSynthDataset({ layout, out, faces, plan }, signal));
    });
  return refuseUnused(command, [
    {
      mode: 'with --flow, which makes no frames',
      unused: ['--layout', '--faces', '--fps', '--amplitude'],
      applies: ({ flow }) => flow === true,
      instead: 'Leave it out.',
      example: ['--flow'],
    },
    {
      mode: 'without --flow',
      unused: ['--classes'],
      applies: ({ flow }) => flow !== true,
      instead:
        'Add --flow for flow images, or leave it out: a layout has the classes of its dataset.',
      example: ['--layout', 'casme2'],
    },
  ]);
}

/** `320x240`. */
function sizeOf(text: string): readonly [number, number] {
  const [, width, height] = /^(\d{2,4})x(\d{2,4})$/.exec(text) ?? [];
  if (width === undefined || height === undefined) {
    throw new InvalidArgumentError('It must look like 320x240.');
  }
  return [Number(width), Number(height)];
}
