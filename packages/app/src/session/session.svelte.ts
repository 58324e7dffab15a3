/** @file The page's session: which screen is shown, with what that screen needs, and the worker behind it. */
import type { ReviewState } from '../report/review-state.svelte.ts';
import { clipOf, sorted, type Dropped } from './drops.ts';
import { isIdle, progressed, resumedResult, type Finished, type Question, type Screen } from './screens.ts'; // prettier-ignore
import { printOf, type KeptReview } from './keep.ts';
import { Keeper } from './keeper.svelte.ts';
import { Models } from './models.svelte.ts';
import { Queue, Queued } from './queue.svelte.ts';
import { againQuestion, discardQuestion, leaveQuestion, openQuestion, whichReview } from './questions.ts'; // prettier-ignore
import { WorkerProblem, type RemoteWorker } from './rpc.ts';
import { otherClip, problemOf, TRANSIENT } from './problem.ts';
import { startAnalysis } from './workers.ts';
import type { Problem, Progress, Requests } from './protocol.ts';
import type { Reopened } from '../export/review-file.ts';
import { runningOf } from '../analysis/run-options.ts';
import { wantedOf, type Wanted } from '../analysis/wanted.ts';

const DEMONSTRATION = 'demonstration.mp4';

/** The page's only session. Fields are reactive. */
export class Session {
  /** Which recognizer is used. */
  readonly models = new Models({
    worker: () => this.worker,
    onOpen: () => {
      if (this.#screen.name === 'start') this.#screen = { name: 'start' };
    },
    onProblem: (problem) => this.show(problem),
  });
  /** What has to be answered first. */
  question = $state.raw<Question | undefined>();
  /** Files of coders, for the report that is open or opened next. */
  annotations = $state.raw<readonly File[]>([]);
  /** What the browser keeps. */
  readonly keeper = new Keeper();
  /** Clips of this session, where there are several. */
  readonly queue = new Queue(
    () => runningOf(location.search),
    () => this.models.choice,
  );
  /** The review that is open. */
  review = $state.raw<ReviewState | undefined>();

  #screen = $state.raw<Screen>({ name: 'start' });
  #worker: RemoteWorker<Requests> | undefined;
  #lastAction: (() => void) | undefined;
  #preparable = $state.raw<{ readonly file: Blob; readonly name: string } | undefined>();

  get screen(): Screen {
    return this.#screen;
  }

  /** Name of the clip of the current screen, or empty. */
  get file(): string {
    const screen = this.#screen;
    if (screen.name === 'report') return screen.finished.name;
    if (screen.name === 'prepare') return screen.clip;
    return screen.name === 'working' || screen.name === 'problem' ? screen.file : '';
  }

  /** The clip that is being analyzed, where part, rotation and face can still be chosen. */
  get preparable(): { readonly file: Blob; readonly name: string } | undefined {
    return this.#preparable;
  }

  /** The worker that analyzes; the same one until a clip is discarded. */
  get worker(): RemoteWorker<Requests> {
    if (this.#worker === undefined) {
      this.#worker = startAnalysis(() => {
        this.#worker = undefined;
        const screen = this.#screen;
        if (screen.name === 'report') this.#screen = { ...screen, isCut: true };
      });
      // If it ends before it answers, the next request reports that.
      this.#worker.ask('run', runningOf(location.search)).catch(() => undefined);
    }
    return this.#worker;
  }

  /**
   * Takes files that were dropped or chosen, on whatever screen: nothing is ignored. What would replace open work is
   * asked first; clips wait while one is analyzed.
   */
  async take(files: readonly File[]): Promise<void> {
    if (files.length === 0) return;
    const screen = this.#screen;
    const all = await sorted(files);
    const { model, reviews, clips, annotations } = all;
    if (annotations.length > 0) this.annotations = annotations;
    if (annotations.length === files.length && screen.name === 'start')
      this.#screen = { name: 'start', notice: 'annotation' };
    if (annotations.length === files.length) return;
    const isClips = model.length === 0 && reviews.length === 0;
    // A review comes in its turn, with its clip.
    if ((screen.name === 'working' || screen.name === 'queue') && clips.length > 0 && isClips) {
      this.#enqueue(clips);
      return;
    }
    const open = (): void => void this.#open(all);
    if (isIdle(screen)) {
      open();
      return;
    }
    const later = isClips && screen.name === 'report' ? () => this.#enqueue(clips) : undefined;
    this.question = openQuestion(files, { screen: screen.name, isUnsaved: this.review?.isUnsaved === true, open, later }); // prettier-ignore
  }

  async #open({ model, reviews, clips }: Dropped): Promise<void> {
    const screen = this.#screen;
    if (!isIdle(screen)) this.cancel();
    if (model.length > 0 && !(await this.models.open(model))) return;
    if (reviews.length > 0) {
      const before = screen.name === 'report' ? screen.finished : undefined;
      await this.#openReviews(reviews, clips, before);
      return;
    }
    const pending = screen.name === 'reopen' ? screen.pending : undefined;
    const own = pending && (clipOf(pending, clips) ?? clips[0]);
    if (pending && own) {
      if (clips.length > 1) this.queue.add(...clips.filter((one) => one !== own).map((one) => new Queued(one, one.name))); // prettier-ignore
      await this.resume(pending, own, own.name);
    } else if (clips.length > 1) {
      this.#enqueue(clips);
    } else if (clips.length === 1) {
      await this.analyze(clips[0]!, clips[0]!.name);
    }
  }

  /** Opens a review with its clip; further clips wait. @param before - the report that was open: it may be of the same clip */
  async #openReviews(
    reviews: readonly File[],
    clips: readonly File[],
    before?: Finished,
  ): Promise<void> {
    const [file, ...others] = reviews;
    if (others.length > 0) {
      this.question = whichReview(reviews, (one) => void this.#openReviews([one], clips, before));
      return;
    }
    const pending = await this.reopen(file!);
    if (pending === undefined) return;
    if (clips.length === 0) {
      const isSame = before?.result.report.clip.frames === pending.report.clip.frames;
      if (isSame) await this.resume(pending, before.source, before.name);
      return;
    }
    const own = clipOf(pending, clips);
    const rest = clips.filter((one) => one !== own);
    this.queue.add(...rest.map((one) => new Queued(one, one.name)));
    if (own !== undefined) await this.resume(pending, own, own.name);
  }

  /** Puts clips at the end of the queue, and begins with it unless a clip is being analyzed. */
  #enqueue(clips: readonly File[]): void {
    const screen = this.#screen;
    this.queue.add(...clips.map((one) => new Queued(one, one.name)));
    if (screen.name === 'working') return;
    if (screen.name !== 'report') this.#screen = { name: 'queue' };
    this.queue.run();
  }

  /** The list of all clips. */
  showQueue(): void {
    this.#endWorker();
    this.review = undefined;
    this.#screen = { name: 'queue' };
    this.queue.run();
  }

  /** Opens the report of a clip of the queue. */
  async openQueued(item: Queued): Promise<void> {
    const { finished } = item;
    if (finished === undefined) return;
    this.#begin(item.name, () => void this.openQueued(item));
    await this.#attempt(async () => {
      const { regions, report } = finished.result;
      const of = { clip: finished.source, name: item.name, report };
      const ask = { ...of, regions, ...this.models.choice };
      await this.worker.ask('resume', ask, { onProgress: this.#onProgress });
      const kept = item.finished?.kept ?? { id: crypto.randomUUID(), print: await printOf(finished.source) }; // prettier-ignore
      item.finished = { ...finished, kept };
      this.#report(item.finished);
    });
  }

  /** Lets the user choose part, rotation and face before the analysis. */
  prepare(file: Blob, name: string, wanted: Wanted = {}): void {
    const prepare = (): void => {
      this.#endWorker();
      this.review = undefined;
      this.#screen = { name: 'prepare', file, clip: name, wanted };
    };
    if (this.review?.isUnsaved === true) this.question = leaveQuestion(prepare);
    else prepare();
  }

  /**
   * Analyzes a file, or shows the corrections of it that the browser kept.
   *
   * @param wanted - what was chosen for this analysis: then corrections that were kept are not looked up
   */
  async analyze(file: Blob, name: string, wanted?: Wanted): Promise<void> {
    this.#begin(name, () => void this.analyze(file, name, wanted));
    this.#preparable = { file, name };
    await this.#attempt(async () => {
      const print = await printOf(file);
      const all = wanted === undefined ? await this.keeper.look() : [];
      const before = all.find((one) => one.print === print);
      const pending = before && (await this.keeper.pendingOf(before));
      if (this.#screen.name !== 'working') return; // canceled in the meantime
      if (pending !== undefined) {
        await this.resume(pending, file, name);
        return;
      }
      const ask = { clip: file, name, wanted, ...this.models.choice };
      const result = await this.worker.ask('analyze', ask, { onProgress: this.#onProgress });
      const kept = { id: crypto.randomUUID(), print };
      this.#report({ file: result.preview ?? file, source: file, name, result, kept });
    });
  }

  /** Lets the user choose the clip of corrections that the browser kept; the demonstration is generated again. */
  async restore(review: KeptReview): Promise<void> {
    const pending = await this.keeper.pendingOf(review).catch(() => undefined);
    if (pending === undefined) {
      await this.keeper.look();
      return;
    }
    if (review.name !== DEMONSTRATION) {
      this.chooseAgain(pending);
      return;
    }
    await this.#demonstrate(() => void this.restore(review), (clip) => this.resume(pending, clip, DEMONSTRATION)); // prettier-ignore
  }

  /** Analyzes the clip of the report again, without its corrections, after a question. */
  askAgain({ source, name, kept, result }: Finished): void {
    const again = async (): Promise<void> => {
      this.review = undefined;
      if (kept !== undefined) await this.keeper.forget(kept.id);
      this.#endWorker();
      await this.analyze(source, name, wantedOf(result.report));
    };
    this.question = againQuestion(() => void again());
  }

  /** A review is open now. */
  opened(review: ReviewState): void {
    this.review = review;
    this.queue.opened(review);
    const { coder } = review.finished;
    if (review.coder === '' && coder !== undefined) this.keeper.setCoder(coder);
  }

  /** Generates the demonstration clip and analyzes it. */
  demo(): Promise<void> {
    return this.#demonstrate(() => void this.demo(), (clip) => this.analyze(clip, DEMONSTRATION)); // prettier-ignore
  }

  async #demonstrate(again: () => void, next: (clip: Blob) => Promise<void>): Promise<void> {
    this.#begin(DEMONSTRATION, again);
    await this.#attempt(async () => {
      await next(await this.worker.ask('demo', { seed: 7 }, { onProgress: this.#onProgress }));
    });
  }

  /** Opens the camera, again if it is open already. */
  openCamera(): void {
    this.#lastAction = () => this.openCamera();
    this.#screen = { name: 'live', take: 'take' in this.#screen ? this.#screen.take + 1 : 0 };
  }

  /** Asks again for the clip of a review. */
  chooseAgain(pending: Reopened): void {
    this.#screen = { name: 'reopen', pending };
  }

  /** Reads a saved review; its clip is chosen next. */
  async reopen(file: Blob): Promise<Reopened | undefined> {
    try {
      const { readReviewFile } = await import('../export/review-file.ts');
      const pending = readReviewFile(await file.text());
      this.#screen = { name: 'reopen', pending };
      return pending;
    } catch (error) {
      this.show(problemOf(error));
      return undefined;
    }
  }

  /** Shows a review on its clip. */
  async resume(pending: Reopened, file: Blob, name: string): Promise<void> {
    this.#begin(name, () => void this.resume(pending, file, name), pending);
    await this.#attempt(async () => {
      const { report, review, measurements, regions } = pending;
      const ask = { ...{ clip: file, name, regions, report }, ...this.models.choice };
      const opened = await this.worker.ask('resume', ask, { onProgress: this.#onProgress });
      const other = otherClip(report.clip, { ...opened, name });
      if (other !== undefined) throw new WorkerProblem(other);
      const result = resumedResult(pending, opened);
      const { preview } = opened;
      const kept = pending.kept ?? { id: crypto.randomUUID(), print: await printOf(file) };
      this.#report({
        ...{ file: preview ?? file, source: file, name, result, review, measurements, kept },
        coder: pending.coder,
        restored: pending.changed,
      });
    });
  }

  /** Returns to the start, after a question where work would be lost. */
  leave(): void {
    if (this.review?.isUnsaved === true) this.question = leaveQuestion(() => this.cancel());
    else this.cancel();
  }

  /** Stops the analysis and returns to the start; corrections that the browser keeps stay there. */
  cancel(): void {
    this.#endWorker();
    this.queue.clear();
    this.review = undefined;
    this.#screen = { name: 'start' };
  }

  /** Removes everything about the clip and returns to the start, after a question where corrections would be lost. */
  discard(): void {
    const discard = (): void => void this.#discard();
    if (this.review?.isUnfiled === true) this.question = discardQuestion(discard);
    else discard();
  }

  async #discard(): Promise<void> {
    const id = this.review?.finished.kept?.id;
    if (id !== undefined) await this.keeper.forget(id);
    this.cancel();
    this.#screen = { name: 'start', notice: 'discarded' };
  }

  /** Shows a problem instead of the current screen. */
  show(problem: Problem): void {
    const screen = this.#screen;
    this.#screen = {
      name: 'problem',
      problem,
      file: this.file,
      retry: TRANSIENT.has(problem.code) ? this.#lastAction : undefined,
      pending: 'pending' in screen ? screen.pending : undefined,
    };
  }

  /** Shows a thrown error as a problem. */
  fail(error: unknown): void {
    this.show(error instanceof WorkerProblem ? error.problem : problemOf(error));
  }

  readonly #onProgress = (progress: Progress): void => {
    const screen = this.#screen;
    if (screen.name === 'working') this.#screen = progressed(screen, progress);
  };

  #begin(file: string, action: () => void, pending?: Reopened): void {
    this.#preparable = undefined;
    this.#lastAction = action;
    this.#screen = { name: 'working', file, pending };
  }

  #report(finished: Finished): void {
    this.queue.lists(finished);
    this.queue.run();
    this.#screen = { name: 'report', finished, isCut: false };
  }

  #endWorker(): void {
    this.#worker?.close();
    this.#worker = undefined;
    this.#lastAction = undefined;
  }

  /** Work on the screen that shows it; its failure is shown unless it was canceled in the meantime. */
  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.#screen.name === 'working') this.fail(error);
    }
  }
}
