/** @file Whether corrections are kept in the browser, which ones are, and how they get there after each change. */
import { forgetAll, forgetReview, keepReview, keptClip, keptReviews, type KeptReview } from './keep.ts'; // prettier-ignore
import type { Reopened } from '../export/review-file.ts';
import type { ReviewState } from '../report/review-state.svelte.ts';

const SWITCH = 'telltale.keep';
const CODER = 'telltale.coder';

/** How the last write went. */
export type KeptState = 'none' | 'writing' | 'kept' | 'failed';

/** The page's storage. Fields are reactive. */
export class Keeper {
  /** What is kept, the latest first. */
  reviews = $state.raw<readonly KeptReview[]>([]);
  state = $state<KeptState>('none');
  #isOn = $state(settingOf(SWITCH) !== 'off');
  #coder = $state(settingOf(CODER) ?? '');
  /** Clips that were written. */
  #written: readonly string[] = [];
  #wanted: ReviewState | undefined;
  #writing: Promise<void> | undefined;

  /** Whether corrections are kept. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** Initials of the coder at the page, or empty; kept where corrections are. */
  get coder(): string {
    return this.#coder;
  }

  setCoder(coder: string): void {
    this.#coder = coder.trim();
    if (this.#isOn) setSetting(CODER, this.#coder === '' ? undefined : this.#coder);
  }

  /** Switches keeping on or off; off deletes everything that was kept. */
  async turn(isOn: boolean): Promise<void> {
    this.#isOn = isOn;
    setSetting(SWITCH, isOn ? undefined : 'off');
    if (isOn) return;
    setSetting(CODER, undefined);
    this.#wanted = undefined;
    await this.#writing;
    this.#written = [];
    this.state = 'none';
    await forgetAll().catch(() => undefined);
    this.reviews = [];
  }

  /** Looks up what is kept. */
  async look(): Promise<readonly KeptReview[]> {
    this.reviews = this.#isOn ? await keptReviews().catch(() => []) : [];
    return this.reviews;
  }

  /** Kept corrections with their report; undefined where they were deleted. */
  async pendingOf(kept: KeptReview): Promise<Reopened | undefined> {
    const { id, print, review, measurements, coder, changed } = kept;
    const clip = await keptClip(id);
    if (clip === undefined) return undefined;
    // It need not be written again.
    this.#written = [...this.#written, id];
    const { report, regions } = clip;
    return { report, review, measurements, coder, regions, kept: { id, print }, changed };
  }

  /** Deletes the corrections of a clip. */
  async forget(id: string): Promise<void> {
    this.#wanted = undefined;
    await this.#writing;
    this.#written = this.#written.filter((one) => one !== id);
    this.state = 'none';
    await forgetReview(id).catch(() => undefined);
    await this.look();
  }

  /** Writes the state of a review, at once; what changes meanwhile is written next. */
  keep(state: ReviewState): void {
    if (!this.#isOn || state.finished.kept === undefined) return;
    if (!state.isChanged && !this.#written.includes(state.finished.kept.id)) return;
    this.#wanted = state;
    this.state = 'writing';
    this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
  }

  async #write(): Promise<void> {
    for (let state = this.#wanted; state !== undefined; state = this.#wanted) {
      this.#wanted = undefined;
      const { kept, name, result } = state.finished;
      if (kept === undefined) return;
      const review = state.current;
      const isNew = !this.#written.includes(kept.id);
      const head = { ...kept, name };
      try {
        await keepReview(
          {
            ...{ ...head, changed: Date.now(), coder: this.#coder, review },
            measurements: state.measurements,
          },
          isNew ? { ...head, report: result.report, regions: result.regions } : undefined,
        );
        this.#written = [...this.#written, kept.id];
        state.wasWritten('storage', review);
        this.state = 'kept';
      } catch {
        this.state = 'failed'; // no space, or a window that stores nothing: the page shows that
      }
    }
  }
}

function settingOf(name: string): string | undefined {
  try {
    return localStorage.getItem(name) ?? undefined;
  } catch {
    return undefined; // storage is switched off in this browser
  }
}

function setSetting(name: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // As above: the setting holds until the page is closed.
  }
}
