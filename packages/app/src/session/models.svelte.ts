/** @file Which recognizer is used: one that ships, or a file of the user's. */
import type { ModelFile } from '@telltale/web/model-files';

import { problemOf } from './problem.ts';
import { WorkerProblem, type RemoteWorker } from './rpc.ts';
import type { Choice, OpenedModel, Problem, Requests } from './protocol.ts';

/** What it needs of the page. */
export interface ModelsSurroundings {
  readonly worker: () => RemoteWorker<Requests>;
  /** Called before a file is opened. */
  readonly onOpen: () => void;
  /** Called where it cannot be used. */
  readonly onProblem: (problem: Problem) => void;
}

/** The recognizer of the session. Fields are reactive. */
export class Models {
  /** User-supplied recognizer. */
  own = $state.raw<({ readonly model: ModelFile } & OpenedModel) | undefined>();
  /** A user-supplied recognizer is being opened, to check that it works. */
  isOpening = $state(false);
  /** Built-in recognizer, by the name of its network; by default the first. */
  network = $state<string | undefined>();
  readonly #page: ModelsSurroundings;

  constructor(page: ModelsSurroundings) {
    this.#page = page;
  }

  get choice(): Choice {
    return { own: this.own?.model, network: this.network };
  }

  /** Opens a user-supplied recognizer; true if it works. */
  async open(files: readonly File[]): Promise<boolean> {
    this.isOpening = true;
    this.#page.onOpen();
    const names = files.map(({ name }) => name).join(', ');
    try {
      const { readModelFiles } = await import('@telltale/web/model-files');
      const model = await readModelFiles(files);
      this.own = { model, ...(await this.#page.worker().ask('openModel', model)) };
      return true;
    } catch (error) {
      const problem = error instanceof WorkerProblem ? error.problem : problemOf(error);
      if (problem.code !== 'CANCELED')
        this.#page.onProblem({ ...problem, values: { name: names } });
      return false;
    } finally {
      this.isOpening = false;
    }
  }
}
