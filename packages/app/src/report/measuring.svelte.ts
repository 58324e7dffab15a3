/** @file Measures again what a coder moved: one event after another, results kept by their frames. */
import type { Measurement, ReviewedEvent } from '@telltale/core/report';
import { SvelteMap } from 'svelte/reactivity';

import type { Reexamined, Requests } from '../session/protocol.ts';
import { WorkerProblem } from '../session/rpc.ts';

type Frames = Requests['reexamine']['ask'];

/** Images are kept of so many events. */
const MOST = 24;

/** What was measured between frames that a coder chose. Fields are reactive. */
export class Measuring {
  /** One for each pair of onset and apex; without classes and regions where there was no face. */
  measurements = $state.raw<readonly Measurement[]>([]);
  isBusy = $state(false);
  /** Called after each result. */
  onMeasured: (() => void) | undefined;

  readonly #ask: (frames: Frames) => Promise<Reexamined>;
  /** By frames; null where one of them shows no face. */
  readonly #looks = new SvelteMap<string, Reexamined | null>();
  #running: Promise<void> | undefined;

  constructor(ask: (frames: Frames) => Promise<Reexamined>, measurements: readonly Measurement[]) {
    this.#ask = ask;
    this.measurements = measurements;
  }

  /** Images of an event, or undefined. */
  lookOf(event: Frames): Reexamined | undefined {
    return this.#looks.get(keyOf(event)) ?? undefined;
  }

  /** Whether the images of an event were fetched, or cannot be. */
  wasTried(event: Frames): boolean {
    return this.#looks.has(keyOf(event));
  }

  /**
   * Examines one event after another until `next` names none.
   *
   * @returns after all of them
   */
  run(next: () => ReviewedEvent | undefined): Promise<void> {
    this.#running ??= this.#all(next).finally(() => (this.#running = undefined));
    return this.#running;
  }

  /** Examines one event; undefined where its frames show no face. */
  async examine({ onset, apex, offset, isStale }: ReviewedEvent): Promise<Reexamined | undefined> {
    try {
      const look = await this.#ask({ onset, apex, offset });
      this.#remember({ onset, apex, offset }, look);
      const { classes, verdict, units, regions } = look;
      if (isStale) this.#add({ onset, apex, classes, verdict, units, regions });
      return look;
    } catch (error) {
      const code = error instanceof WorkerProblem ? error.problem.code : 'UNKNOWN';
      if (code === 'CANCELED' || code === 'WORKER_ENDED') throw error;
      // No face there: there are no images, and there is nothing to measure.
      this.#remember({ onset, apex, offset }, null);
      if (isStale) this.#add({ onset, apex, regions: {} });
      return undefined;
    }
  }

  async #all(next: () => ReviewedEvent | undefined): Promise<void> {
    this.isBusy = true;
    try {
      for (let event = next(); event !== undefined; event = next()) {
        await this.examine(event);
      }
    } catch {
      // The worker ended: what is not measured stays marked as not measured.
    } finally {
      this.isBusy = false;
    }
  }

  #remember(frames: Frames, look: Reexamined | null): void {
    this.#looks.delete(keyOf(frames));
    this.#looks.set(keyOf(frames), look);
    for (const key of this.#looks.keys()) {
      if (this.#looks.size <= MOST) break;
      this.#looks.delete(key);
    }
  }

  #add(one: Measurement): void {
    const others = this.measurements.filter(
      ({ onset, apex }) => onset !== one.onset || apex !== one.apex,
    );
    this.measurements = [...others, one];
    this.onMeasured?.();
  }
}

const keyOf = ({ onset, apex, offset }: Frames): string => `${onset} ${apex} ${offset}`;
