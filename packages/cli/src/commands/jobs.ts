/** @file `telltale jobs`: worker processes. Other commands start them; users do not. */
import { Argument, Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { positiveInteger, seedNumber } from '../arguments.ts';
import type { JobKind, Worker } from '../jobs/job.ts';

/** What opens a worker of each kind; its modules are loaded then. */
const open: Readonly<Record<JobKind, () => Promise<Worker>>> = {
  async folds() {
    const { openFoldWorker } = await import('../evaluate/fold.ts');
    return openFoldWorker({ threads: 1 });
  },
  async clips() {
    const { openClipWorker } = await import('../dataset/prepare-job.ts');
    return openClipWorker();
  },
  async videos() {
    const { openVideoWorker } = await import('../spot/video.ts');
    return openVideoWorker();
  },
  async analyses() {
    const { openAnalyzeWorker } = await import('../analyze/clip-job.ts');
    return openAnalyzeWorker();
  },
};

const kind = () =>
  new Argument('<kind>').choices(['folds', 'clips', 'videos', 'analyses'] as const);

/** The command, without having loaded what it works with. */
export function jobsCommand(): CommandUnknownOpts {
  const serve = new Command('serve')
    .description('Do the jobs that the parent process sends.')
    .addArgument(kind())
    .action(async (what) => {
      const { serveParent } = await import('../jobs/worker.ts');
      await serveParent(open[what]);
    });
  const share = new Command('share')
    .description('Do one share of a list of jobs: a task of a Slurm job array.')
    .addArgument(kind())
    .argument('<folder>', 'folder of the list')
    .requiredOption('--tasks <count>', 'number of tasks', positiveInteger)
    .requiredOption('--task <number>', 'number of this task, from 0', seedNumber)
    .action(async (what, folder, { task, tasks }) => {
      const { interruptible } = await import('../terminal.ts');
      const { workShare } = await import('../jobs/worker.ts');
      await interruptible((signal) => workShare(open[what], { folder, task, tasks }, signal));
    });
  return new Command('jobs')
    .description('Worker processes that other commands start.')
    .addCommand(serve)
    .addCommand(share);
}
