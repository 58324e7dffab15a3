/** @file State of a report under review: the shown frame, the selected event, the corrections, what was measured since. */
import {
  correctedReport,
  reviewedEvents,
  reviewOf,
  type Measurement,
  type Review,
  type ReviewedEvent,
} from '@telltale/core/report';

import { begin, commit, redo, undo } from './history.ts';
import { including, panned, zoomed, type View } from './view.ts';
import { linesOf, type Line } from './lines.ts';
import { Measuring } from './measuring.svelte.ts';
import {
  addEvent,
  addEvents,
  describeEvent,
  movePoint,
  removeEvent,
  type Point,
} from './review.ts';
import type { EventImages, Reexamined, Requests, UnitLine } from '../session/protocol.ts';
import type { Finished } from '../session/screens.ts';

/** What a review needs of the page. */
export interface ReviewSurroundings {
  /** Examines frames of the clip. */
  readonly examine: (ask: Requests['reexamine']['ask']) => Promise<Reexamined>;
  /** Initials of the coder at the page, or empty. */
  readonly coder: () => string;
  /** Called after each change, with the state to keep. */
  readonly onChange?: (state: ReviewState) => void;
}

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
  /** What is drawn over the clip. */
  overlay = $state({ flow: false, arrows: false });
  /** Another moment, or another video, is shown beside the player. */
  isBeside = $state(false);
  /** The part of the clip on the timeline. */
  view = $state.raw<View>({ from: 0, to: 1 });
  /** Kinds that list and timeline show. */
  kinds = $state({ micro: true, macro: true, blink: true });
  /** Regions whose curves are drawn. */
  regions = $state.raw<readonly string[]>([]);
  /** Action units whose curves are drawn, by number. */
  units = $state.raw<readonly number[]>([]);
  /** Curves of all action units, once they were computed. */
  unitLines = $state.raw<readonly UnitLine[]>([]);
  readonly #lines: readonly Line[];
  /** The machine's events are hidden until the coder has coded. */
  isBlind = $state(false);
  /** What happened last, for screen readers. */
  notice = $state<'removed' | undefined>();

  readonly #surroundings: ReviewSurroundings;
  readonly #first: Review;
  readonly #measuring: Measuring;
  #history = $state.raw(begin<Review>({ events: [] }));
  /** What was written to a file last, and what to the browser's storage. */
  #filed = $state.raw<Review | undefined>();
  #kept = $state.raw<Review | undefined>();
  readonly #reviewed: readonly ReviewedEvent[];
  readonly #shown: readonly ReviewedEvent[];
  readonly #event: ReviewedEvent | undefined;

  constructor(finished: Finished, surroundings: ReviewSurroundings) {
    const { report } = finished.result;
    this.finished = finished;
    this.frames = report.clip.frames;
    this.times = report.movement.times;
    this.#surroundings = surroundings;
    this.#first = reviewOf(report);
    this.#history = begin(finished.review ?? this.#first);
    if (finished.review !== undefined) this.#filed = finished.review;
    this.#measuring = new Measuring(surroundings.examine, finished.measurements ?? []);
    this.#measuring.onMeasured = () => surroundings.onChange?.(this);
    this.#reviewed = $derived(
      reviewedEvents(report, this.#history.present, this.#measuring.measurements),
    );
    this.#shown = $derived(
      this.events.filter(
        ({ kind, origin }) => this.kinds[kind] && !(this.isBlind && origin !== 'added'),
      ),
    );
    this.#event = $derived(this.#shown.find(({ id }) => id === this.chosen));
    this.#lines = $derived(
      linesOf(
        { moves: finished.result.moves, unitLines: this.unitLines },
        { regions: this.regions, units: this.units, from: this.event?.onset ?? 0 },
      ),
    );
    this.view = this.whole;
    const first = this.events.find(({ kind }) => kind === 'micro') ?? this.events[0];
    this.chosen = first?.id;
    this.frame = first?.apex ?? 0;
  }

  get current(): Review {
    return this.#history.present;
  }

  /** The events with the values that hold for their frames: what every list and every file shows. */
  get events(): readonly ReviewedEvent[] {
    return this.#reviewed;
  }

  /** Those that list and timeline show. */
  get shown(): readonly ReviewedEvent[] {
    return this.#shown;
  }

  /** The curves that are drawn over the movement. */
  get lines(): readonly Line[] {
    return this.#lines;
  }

  get event(): ReviewedEvent | undefined {
    return this.#event;
  }

  /** The whole clip. */
  get whole(): View {
    const from = this.times[0] ?? 0;
    return { from, to: Math.max(this.times.at(-1) ?? 0, from + 1e-3) };
  }

  /** Zooms the timeline around a moment, by default the playhead. */
  zoom(factor: number, at: number = this.times[this.frame] ?? 0): void {
    this.view = zoomed(this.view, this.whole, { at, factor });
  }

  /** Moves the timeline by a part of what it shows. */
  pan(share: number): void {
    this.view = panned(this.view, this.whole, share * (this.view.to - this.view.from));
  }

  /** Shows the whole clip. */
  fit(): void {
    this.view = this.whole;
  }

  /** Moves the timeline to where frames are seen. */
  #reveal(first: number, last: number = first): void {
    const [from, to] = [this.times[first] ?? 0, this.times[last] ?? 0];
    this.view = including(this.view, this.whole, { from, to });
  }

  get measurements(): readonly Measurement[] {
    return this.#measuring.measurements;
  }

  /** Images of the chosen event as it is now, once they were fetched. */
  get look(): Reexamined | undefined {
    return this.event && this.#measuring.lookOf(this.event);
  }

  /** The initials of the coder at the page, or empty. */
  get coder(): string {
    return this.#surroundings.coder();
  }

  /** The images of the analysis of an event whose onset and apex are those that were found. */
  foundImages({ found, onset, apex }: ReviewedEvent): EventImages | undefined {
    const { report, images } = this.finished.result;
    const one = found === undefined ? undefined : report.expressions[found];
    return one?.onset.frame === onset && one.apex.frame === apex ? images[found!] : undefined;
  }

  /** Something is being measured. */
  get isMeasuring(): boolean {
    return this.#measuring.isBusy;
  }

  get canUndo(): boolean {
    return this.#history.past.length > 0;
  }

  get canRedo(): boolean {
    return this.#history.future.length > 0;
  }

  /** Whether a coder changed anything. */
  get isChanged(): boolean {
    return this.current !== this.#first && this.current !== this.finished.review;
  }

  /** Whether there are changes that are in no file and not in the browser's storage. */
  get isUnsaved(): boolean {
    return this.isChanged && this.current !== this.#filed && this.current !== this.#kept;
  }

  /** Whether there are changes that are in no file. */
  get isUnfiled(): boolean {
    return this.isChanged && this.current !== this.#filed;
  }

  /** The review was written: to a file, or to the browser's storage; undefined where it was deleted there. */
  wasWritten(where: 'file' | 'storage', review: Review | undefined): void {
    if (where === 'file') this.#filed = review;
    else this.#kept = review;
  }

  /** The report with the corrections. */
  get corrected(): ReturnType<typeof correctedReport> {
    return correctedReport(this.finished.result.report, this.current, this.measurements);
  }

  /** Shows a frame and stops. */
  show(frame: number): void {
    this.isPlaying = false;
    this.frame = Math.max(0, Math.min(this.frames - 1, Math.round(frame)));
    this.#reveal(this.frame);
  }

  /** Chooses an event and shows its apex. */
  choose(id: string): void {
    this.chosen = id;
    const { event } = this;
    if (event === undefined) return;
    this.show(event.apex);
    this.#reveal(event.onset, event.offset);
  }

  /** Chooses the event `by` places on from the frame that is shown. */
  chooseNear(by: 1 | -1): void {
    const on = this.shown.filter(({ apex }) => (apex - this.frame) * by > 0);
    const next = by > 0 ? on[0] : on.at(-1);
    if (next !== undefined) this.choose(next.id);
  }

  move(id: string, point: Point, frame: number): void {
    const coder = this.#surroundings.coder();
    this.#commit(movePoint(this.current, { id, point, frame }, { frames: this.frames, coder }));
  }

  add(): void {
    const { rate } = this.finished.result.report.clip;
    const coder = this.#surroundings.coder();
    const options = { frames: this.frames, rate, coder };
    const { review, id } = addEvent(this.current, this.frame, options);
    this.#commit(review);
    this.chosen = id;
  }

  /** Adds what another coder annotated, in one step. */
  addAll(events: Parameters<typeof addEvents>[1], coder: string): void {
    this.#commit(addEvents(this.current, events, coder));
  }

  /** Deletes an event; its neighbor is chosen. */
  remove(id: string): void {
    const index = this.shown.findIndex((event) => event.id === id);
    this.#commit(removeEvent(this.current, id));
    this.notice = 'removed';
    if (this.chosen === id) this.chosen = (this.shown[index] ?? this.shown[index - 1])?.id;
  }

  describe(id: string, words: Parameters<typeof describeEvent>[2]): void {
    const coder = this.#surroundings.coder();
    this.#commit(describeEvent(this.current, { id, coder }, words));
  }

  undo(): void {
    this.#travel(undo(this.#history));
  }

  redo(): void {
    this.#travel(redo(this.#history));
  }

  /** Measures, and fetches images of, what a coder changed; the chosen event first. */
  measure(): Promise<void> {
    return this.#measuring.run(() => {
      const [event, stale] = [this.event, this.events.find(({ isStale }) => isStale)];
      return event === undefined || this.#measuring.wasTried(event) ? stale : event;
    });
  }

  /** Images of an event, fetched where there are none yet; undefined where its frames show no face. */
  async examined(event: ReviewedEvent): Promise<Reexamined | undefined> {
    return this.#measuring.lookOf(event) ?? this.#measuring.examine(event);
  }

  /** To the other state, with the first event selected that differs. */
  #travel(history: ReturnType<typeof begin<Review>>): void {
    const before = this.current;
    if (history === this.#history) return;
    this.#history = history;
    const changed = this.current.events.find((event) => !before.events.includes(event));
    if (changed !== undefined) this.choose(changed.id);
    else if (this.event === undefined) this.chosen = undefined;
    this.#surroundings.onChange?.(this);
  }

  #commit(review: Review): void {
    const next = commit(this.#history, review);
    if (next === this.#history) return;
    this.#history = next;
    this.notice = undefined;
    this.#surroundings.onChange?.(this);
  }
}
