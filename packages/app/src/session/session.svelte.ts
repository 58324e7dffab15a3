/** @file The page's session: which screen is shown, with what that screen needs, and the worker behind it. */
import type { ModelFile } from '@telltale/web/model-files';

import type { ReviewState } from '../report/review-state.svelte.ts';
import { text } from '../text/text.svelte.ts';
import { clipOf, sorted } from './drops.ts';
import type { Finished, Question, Screen } from './screens.ts';
import { keptClip, printOf, type KeptReview } from './keep.ts';
import { Keeper } from './keeper.svelte.ts';
import { Queue, Queued } from './queue.svelte.ts';
import { WorkerProblem, type RemoteWorker } from './rpc.ts';
import { problemOf } from './problem.ts';
import { startAnalysis } from './workers.ts';
import type { Choice, OpenedModel, Problem, ProblemCode, Progress, Requests } from './protocol.ts';
import type { Reopened } from '../export/review-file.ts';
import { estimate } from '../analysis/progress.ts';
import { runningOf } from '../analysis/run-options.ts';

/** Problems that may not occur again on another attempt. */
const TRANSIENT: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  ...(['CAMERA_DENIED', 'CAMERA_MISSING', 'CAMERA_BUSY', 'DECODER_MISSING'] as const),
  ...(['OUT_OF_MEMORY', 'WORKER_ENDED', 'UNKNOWN'] as const),
]);

const DEMONSTRATION = 'demonstration.mp4';

/** The page's only session. Fields are reactive. */
export class Session {
  /** User-supplied recognizer. */
  own = $state.raw<({ readonly model: ModelFile } & OpenedModel) | undefined>();
  /** A user-supplied recognizer is being opened, to check that it works. */
  isOpeningModel = $state(false);
  /** Built-in recognizer, by the name of its network; by default the first. */
  network = $state<string | undefined>();
  /** What has to be answered first. */
  question = $state.raw<Question | undefined>();
  /** What the browser keeps. */
  readonly keeper = new Keeper();
  /** Clips of this session, where there are several. */
  readonly queue = new Queue(
    () => runningOf(location.search),
    () => this.#choice,
  );
  /** The review that is open. */
  review = $state.raw<ReviewState | undefined>();

  #screen = $state.raw<Screen>({ name: 'start' });
  #worker: RemoteWorker<Requests> | undefined;
  #lastAction: (() => void) | undefined;

  get screen(): Screen {
    return this.#screen;
  }

  /** Name of the clip of the current screen, or empty. */
  get file(): string {
    const screen = this.#screen;
    if (screen.name === 'report') return screen.finished.name;
    return screen.name === 'working' || screen.name === 'problem' ? screen.file : '';
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
    const { model, reviews, clips } = await sorted(files);
    if (screen.name === 'working' || screen.name === 'queue') {
      // A review comes in its turn, with its clip.
      if (clips.length > 0 && model.length === 0 && reviews.length === 0) {
        this.#enqueue(clips);
        return;
      }
    }
    const open = (): void => void this.#open(model, reviews, clips);
    if (screen.name === 'start' || screen.name === 'problem' || screen.name === 'reopen') {
      open();
      return;
    }
    const words = text.now.ask;
    const isClips = model.length === 0 && reviews.length === 0;
    this.question = {
      title: words.open(files[0]!.name, files.length),
      text: this.review?.isUnsaved ? words.unsaved : words.leaves[screen.name],
      choices: [
        { label: words.openNow, action: open },
        ...(isClips && screen.name === 'report'
          ? [{ label: words.later, action: () => this.#enqueue(clips) }]
          : []),
      ],
    };
  }

  async #open(
    model: readonly File[],
    reviews: readonly File[],
    clips: readonly File[],
  ): Promise<void> {
    const screen = this.#screen;
    if (screen.name !== 'start' && screen.name !== 'problem' && screen.name !== 'reopen')
      this.cancel();
    if (model.length > 0 && !(await this.openModel(model))) return;
    if (reviews.length > 0) {
      await this.#openReviews(
        reviews,
        clips,
        screen.name === 'report' ? screen.finished : undefined,
      );
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
      const words = text.now.ask;
      this.question = {
        title: words.whichReview,
        text: words.oneReview,
        choices: reviews.map((one) => ({
          label: one.name,
          action: () => void this.#openReviews([one], clips, before),
        })),
      };
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
    try {
      const { regions, moves } = finished.result;
      const ask = { clip: finished.source, name: item.name, regions, moves, ...this.#choice };
      await this.worker.ask('resume', ask, this.#onProgress);
      const kept = item.finished?.kept ?? { id: crypto.randomUUID(), print: await printOf(finished.source) }; // prettier-ignore
      item.finished = { ...finished, kept };
      this.#report(item.finished);
    } catch (error) {
      this.#failWork(error);
    }
  }

  /** Analyzes a file, or shows the corrections of it that the browser kept. */
  async analyze(file: Blob, name: string): Promise<void> {
    this.#begin(name, () => void this.analyze(file, name));
    try {
      const print = await printOf(file);
      const before = (await this.keeper.look()).find((one) => one.print === print);
      const pending = before && (await this.#pendingOf(before));
      if (this.#screen.name !== 'working') return; // canceled in the meantime
      if (pending !== undefined) {
        await this.resume(pending, file, name);
        return;
      }
      const ask = { clip: file, name, ...this.#choice };
      const result = await this.worker.ask('analyze', ask, this.#onProgress);
      const kept = { id: crypto.randomUUID(), print };
      this.#report({ file: result.preview ?? file, source: file, name, result, kept });
    } catch (error) {
      this.#failWork(error);
    }
  }

  /** Lets the user choose the clip of corrections that the browser kept; the demonstration is generated again. */
  async restore(review: KeptReview): Promise<void> {
    const pending = await this.#pendingOf(review).catch(() => undefined);
    if (pending === undefined) {
      await this.keeper.look();
      return;
    }
    if (review.name !== DEMONSTRATION) {
      this.#screen = { name: 'reopen', pending };
      return;
    }
    this.#begin(DEMONSTRATION, () => void this.restore(review));
    try {
      const clip = await this.worker.ask('demo', { seed: 7 }, this.#onProgress);
      await this.resume(pending, clip, DEMONSTRATION);
    } catch (error) {
      this.#failWork(error);
    }
  }

  async #pendingOf(kept: KeptReview): Promise<Reopened | undefined> {
    const { id, print, review, measurements, coder, changed } = kept;
    const clip = await keptClip(id);
    if (clip === undefined) return undefined;
    this.keeper.knows(id);
    const { report, regions, moves } = clip;
    return { report, review, measurements, coder, regions, moves, kept: { id, print }, changed };
  }

  /** Analyzes the clip of the report again, without its corrections, after a question. */
  askAgain({ source, name, kept }: Finished): void {
    const words = text.now.ask;
    const action = async (): Promise<void> => {
      this.review = undefined;
      if (kept !== undefined) await this.keeper.forget(kept.id);
      this.#endWorker();
      await this.analyze(source, name);
    };
    this.question = {
      ...{ title: words.again, text: words.discardText },
      choices: [{ label: words.againNow, action: () => void action() }],
    };
  }

  /** The review of a clip of the queue that was open before. */
  reviewOf(finished: Finished): ReviewState | undefined {
    return this.queue.items.find((one) => one.finished === finished)?.review;
  }

  /** A review is open now. */
  opened(review: ReviewState): void {
    this.review = review;
    const own = this.queue.items.find((one) => one.finished === review.finished);
    if (own !== undefined) own.review = review;
    if (review.coder === '' && review.finished.coder !== undefined) this.keeper.setCoder(review.finished.coder); // prettier-ignore
  }

  /** Opens a user-supplied recognizer; true if it works. */
  async openModel(files: readonly File[]): Promise<boolean> {
    this.isOpeningModel = true;
    if (this.#screen.name === 'start') this.#screen = { name: 'start' };
    const names = files.map(({ name }) => name).join(', ');
    try {
      const { readModelFiles } = await import('@telltale/web/model-files');
      const model = await readModelFiles(files);
      this.own = { model, ...(await this.worker.ask('openModel', model)) };
      return true;
    } catch (error) {
      const problem = error instanceof WorkerProblem ? error.problem : problemOf(error);
      if (problem.code !== 'CANCELED') this.show({ ...problem, values: { name: names } });
      return false;
    } finally {
      this.isOpeningModel = false;
    }
  }

  get #choice(): Choice {
    return { own: this.own?.model, network: this.network };
  }

  /** Generates the demonstration clip and analyzes it. */
  async demo(): Promise<void> {
    this.#begin(DEMONSTRATION, () => void this.demo());
    try {
      const clip = await this.worker.ask('demo', { seed: 7 }, this.#onProgress);
      await this.analyze(clip, DEMONSTRATION);
    } catch (error) {
      this.#failWork(error);
    }
  }

  /** Opens the camera, again if it is open already. */
  openCamera(): void {
    const screen = this.#screen;
    this.#lastAction = () => this.openCamera();
    this.#screen = { name: 'live', take: screen.name === 'live' ? screen.take + 1 : 0 };
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
    try {
      const { report, review, measurements, regions, moves = [] } = pending;
      const ask = { clip: file, name, regions, moves, ...this.#choice };
      const opened = await this.worker.ask('resume', ask, this.#onProgress);
      const { width, height, frames } = report.clip;
      if (opened.width !== width || opened.height !== height || opened.frames !== frames) {
        const wanted = `${report.clip.name}: ${width} × ${height}, ${frames}`;
        const given = `${name}: ${opened.width} × ${opened.height}, ${opened.frames}`;
        this.show({ code: 'REPORT_OTHER_CLIP', values: { wanted, given }, message: '' });
        return;
      }
      const { wheel, preview } = opened;
      const result = {
        report,
        images: [],
        regions: opened.regions,
        moves,
        wheel,
        preview,
        took: 0,
      };
      const kept = pending.kept ?? { id: crypto.randomUUID(), print: await printOf(file) };
      this.#report({
        ...{ file: preview ?? file, source: file, name, result, review, measurements, kept },
        coder: pending.coder,
        restored: pending.changed,
      });
    } catch (error) {
      this.#failWork(error);
    }
  }

  /** Returns to the start, after a question where work would be lost. */
  leave(): void {
    const words = text.now.ask;
    if (this.review?.isUnsaved !== true) {
      this.cancel();
      return;
    }
    this.question = {
      ...{ title: words.leave, text: words.unsaved },
      choices: [{ label: words.leaveNow, action: () => this.cancel() }],
    };
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
    const words = text.now.ask;
    if (this.review?.isUnfiled !== true) {
      void this.#discard();
      return;
    }
    this.question = {
      ...{ title: words.discard, text: words.discardText },
      choices: [{ label: words.discardNow, action: () => void this.#discard() }],
    };
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
    if (screen.name !== 'working') return;
    const { done, total, size } = progress;
    this.#screen = {
      ...screen,
      progress: estimate(screen.progress, progress, performance.now()),
      counted: total === undefined || done === 0 ? undefined : { done, total },
      size: size ?? screen.size,
    };
  };

  #begin(file: string, action: () => void, pending?: Reopened): void {
    this.#lastAction = action;
    this.#screen = { name: 'working', file, pending };
  }

  #report(finished: Finished): void {
    const own = this.queue.items.find((one) => one.finished === finished);
    if (own === undefined && this.queue.items.length > 0) {
      const item = new Queued(finished.source, finished.name);
      [item.state, item.finished] = ['done', finished];
      this.queue.items = [item, ...this.queue.items];
    }
    this.queue.run();
    this.#screen = { name: 'report', finished, isCut: false };
  }

  #endWorker(): void {
    this.#worker?.close();
    this.#worker = undefined;
    this.#lastAction = undefined;
  }

  #failWork(error: unknown): void {
    if (this.#screen.name !== 'working') return; // canceled in the meantime
    this.fail(error);
  }
}
