/** @file `telltale synth`: demonstration clips and whole datasets with movements that are known. */
import { extname } from 'node:path';

import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { nonNegativeNumber, positiveInteger, positiveNumber, seedNumber } from '../arguments.ts';

/** What can be planted; the list is checked against the library when the command runs. */
const KINDS = [
  'brow-raise',
  'brow-lower',
  'lip-corner-pull',
  'lip-corner-depress',
  'nose-wrinkle',
] as const;

/** Whose layouts can be made; checked like the kinds. */
const LAYOUTS = [
  ...(['casme', 'casme2', 'samm', 'sammlv', 'smic', 'casmesq', 'casme3', 'casme3c'] as const),
  ...(['mmew', '4dme', 'dfme', 'smic-vis', 'smic-nir', 'generic'] as const),
] as const;

/** The command, without having loaded what it works with. */
export function synthCommand(): CommandUnknownOpts {
  return new Command('synth')
    .description(
      'Make demonstration clips, and whole datasets in the layouts of licensed ones, with movements that are known.',
    )
    .addCommand(clipCommand(), { isDefault: true })
    .addCommand(datasetCommand());
}

function clipCommand(): CommandUnknownOpts {
  return new Command('clip')
    .description(
      'Make a demonstration clip out of a photograph of a face: one movement of known kind, size and time, ' +
        'with head sway, changing light and sensor noise. What was planted lies beside the clip, as JSON. ' +
        'The word "clip" may be left out.',
    )
    .requiredOption('--out <clip>', 'where the clip goes, as .mp4')
    .option(
      '--face <photo>',
      'photograph of a face; else one that ships with the development setup',
    )
    .addOption(
      new Option('--kind <kind>', 'what moves').choices(KINDS).default('lip-corner-pull' as const),
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
    .option('--noise <levels>', 'sensor noise, grey levels of 255', nonNegativeNumber, 1.5)
    .option('--sway <scale>', 'head sway: 1 is about 3 pixels, 0 none', nonNegativeNumber, 1)
    .option('--blink', 'let the eyes blink once, too', false)
    .action(async (options) => {
      const { interruptible } = await import('../terminal.ts');
      const { runSynth } = await import('../synth/run.ts');
      const { out, face, ...rest } = options;
      const truth = `${out.slice(0, out.length - extname(out).length)}.json`;
      await interruptible((signal) => runSynth({ out, truth, face, synthesis: rest }, signal));
    });
}

function datasetCommand(): CommandUnknownOpts {
  return new Command('dataset')
    .description(
      'Make up a dataset in the layout of a licensed one: folders, names of frames and annotation sheet as people ' +
        'have them, nobody in it. Faces are drawn, or taken from photographs; emotions show combinations of action ' +
        'units as coders write them. Onset, apex, offset and size of every movement lie beside it, as JSON. With ' +
        '--flow, flow pictures alone, as networks are trained on.',
    )
    .addOption(
      new Option(
        '--layout <dataset>',
        'whose layout; casme3c is part C, generic your own annotations.csv',
      ).choices(LAYOUTS),
    )
    .option('--flow', 'no frames: samples.csv with 28×28 flow pictures of known movements', false)
    .requiredOption('--out <folder>', 'a new folder for it')
    .option('--subjects <number>', 'made-up people', positiveInteger, 5)
    .option('--clips <number>', 'micro-expressions', positiveInteger, 30)
    .option('--seed <number>', 'seed of everything', seedNumber, 1)
    .option('--faces <folder>', 'photographs of faces; drawn ones where left out')
    .option(
      '--fps <rate>',
      "frames per second; the original's camera where left out",
      positiveNumber,
    )
    .option('--size <size>', 'of the frames, as WIDTHxHEIGHT, pixels', sizeOf)
    .option(
      '--amplitude <pixels>',
      'largest displacement at the apex; 2 where left out',
      positiveNumber,
    )
    .addOption(
      new Option('--classes <classes>', 'of --flow: negative, positive and surprise, or emotions')
        .choices(['composite', 'emotions'] as const)
        .implies({ flow: true }),
    )
    .action(async (options, command) => {
      const { layout, flow, out, subjects, clips, seed, faces, fps, size, amplitude } = options;
      const refuse = (message: string): never => command.error(`error: ${message}`);
      const { interruptible } = await import('../terminal.ts');
      if (flow) {
        const idle = Object.entries({ layout, faces, fps, size, amplitude }).filter(
          ([, value]) => value !== undefined,
        );
        if (idle.length > 0) refuse(`--flow makes no frames and knows no --${idle[0]![0]}`);
        const { runSynthFlow } = await import('../synth/flow-dataset.ts');
        const { classes = 'composite' } = options;
        const samples = { out, subjects, clips, seed, classes };
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
}

/** `320x240`. */
function sizeOf(text: string): readonly [number, number] {
  const [, width, height] = /^(\d{2,4})x(\d{2,4})$/.exec(text) ?? [];
  if (width === undefined || height === undefined) {
    throw new InvalidArgumentError('It must look like 320x240.');
  }
  return [Number(width), Number(height)];
}
