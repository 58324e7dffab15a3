/** @file State of a report under review: the shown frame, the selected event, the corrections. */
import { begin, commit, redo, undo } from './history.ts';
import {
  addEvent,
  correctedReport,
  describeEvent,
  movePoint,
  removeEvent,
  reviewOf,
  type Point,
  type Review,
  type ReviewEvent,
} from './review.ts';
import type { Reexamined } from '../session/protocol.ts';
import type { Finished } from '../session/session.svelte.ts';

/** What is shown and edited. Fields are reactive. */
export class ReviewState {
  readonly finished: Finished;
  readonly frames: number;
  readonly times: readonly number[];
  frame = $state(0);
  chosen = $state<string | undefined>();
  isPlaying = $state(false);
  /** Part of the clip's own speed. */
  speed = $state(1);
  /** The chosen event's moments as they are now, once they were fetched. */
  look = $state.raw<Reexamined | undefined>();
  /** What is drawn over the clip. */
  overlay = $state({ flow: false, arrows: false });
  #history = $state.raw(begin<Review>({ events: [] }));

  constructor(finished: Finished, review?: Review) {
    const { report } = finished.result;
    this.finished = finished;
    this.frames = report.clip.frames;
    this.times = report.movement.times;
    this.#history = begin(review ?? reviewOf(report));
    const first = this.events.find(({ kind }) => kind === 'micro') ?? this.events[0];
    this.chosen = first?.id;
    this.frame = first?.apex ?? 0;
  }

  get current(): Review {
    return this.#history.present;
  }

  get events(): readonly ReviewEvent[] {
    return this.#history.present.events;
  }

  get event(): ReviewEvent | undefined {
    return this.events.find(({ id }) => id === this.chosen);
  }

  get canUndo(): boolean {
    return this.#history.past.length > 0;
  }

  get canRedo(): boolean {
    return this.#history.future.length > 0;
  }

  /** The report with the corrections. */
  get corrected(): ReturnType<typeof correctedReport> {
    return correctedReport(this.finished.result.report, this.current);
  }

  /** Shows a frame and stops. */
  show(frame: number): void {
    this.isPlaying = false;
    this.frame = Math.max(0, Math.min(this.frames - 1, Math.round(frame)));
  }

  /** Chooses an event and shows its apex. */
  choose(id: string): void {
    this.chosen = id;
    const event = this.event;
    if (event !== undefined) this.show(event.apex);
  }

  /** Chooses the event `by` places on from the frame that is shown. */
  chooseNear(by: 1 | -1): void {
    const on = this.events.filter(({ apex }) => (apex - this.frame) * by > 0);
    const next = by > 0 ? on[0] : on.at(-1);
    if (next !== undefined) this.choose(next.id);
  }

  move(id: string, point: Point, frame: number): void {
    this.#commit(movePoint(this.current, { id, point, frame }, this.frames));
  }

  add(): void {
    const { rate } = this.finished.result.report.clip;
    const { review, id } = addEvent(this.current, this.frame, { frames: this.frames, rate });
    this.#commit(review);
    this.chosen = id;
  }

  remove(id: string): void {
    this.#commit(removeEvent(this.current, id));
    if (this.chosen === id) this.chosen = undefined;
  }

  describe(id: string, words: Parameters<typeof describeEvent>[2]): void {
    this.#commit(describeEvent(this.current, id, words));
  }

  undo(): void {
    this.#history = undo(this.#history);
  }

  redo(): void {
    this.#history = redo(this.#history);
  }

  #commit(review: Review): void {
    this.#history = commit(this.#history, review);
  }
}
