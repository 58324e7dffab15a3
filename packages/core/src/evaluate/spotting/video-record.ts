/** @file The record of one spotted video, and the predictions of a dataset as CSV. */
import { csvCell } from '../../base/csv-cell.ts';
import type { SpottedInterval } from './intervals.ts';

/** One video, spotted. Plain JSON. */
export interface VideoRecord {
  /** Format of the record and its version. */
  readonly schema: 'telltale.spotted/1';
  /** Hash of everything that it depends on. */
  readonly key: string;
  /** Unique over all datasets. */
  readonly id: string;
  /** Name of the dataset. */
  readonly dataset: string;
  /** Unique over all datasets. */
  readonly subject: string;
  /** The folder of its frames, or its file, for display. */
  readonly video: string;
  /** Frame rate of the video, hertz. */
  readonly framesPerSecond: number;
  /** Number of each frame, from its name; ascending. */
  readonly numbers: readonly number[];
  /** Movement of each frame; null where no face was detected. */
  readonly curve: readonly (number | null)[];
  /** Threshold of the curve. */
  readonly threshold: number;
  /** In frame numbers, in order of onset; without blinks. */
  readonly spotted: readonly SpottedInterval[];
  /** Why nothing was spotted, where the reason is not the lack of movement. */
  readonly note?: string;
}

const COLUMNS = 'dataset,subject,video,kind,onset,apex,offset,onset_seconds,offset_seconds,score';

/** Predictions of a dataset, one interval per row; frames by their numbers, seconds from the first frame. */
export function spottedCsv(videos: readonly VideoRecord[]): string {
  const lines = videos.flatMap((one) => {
    const { dataset, subject, video, spotted, numbers, framesPerSecond } = one;
    const name = subject.startsWith(`${dataset}/`) ? subject.slice(dataset.length + 1) : subject;
    const seconds = (frame: number): string =>
      (numbers.indexOf(frame) / framesPerSecond).toFixed(3);
    return spotted.map(({ kind, onset, apex, offset, score }) =>
      [
        ...[dataset, name, video, kind].map(csvCell),
        ...[onset, apex ?? '', offset],
        ...[seconds(onset), seconds(offset), score.toFixed(4)],
      ].join(','),
    );
  });
  return [COLUMNS, ...lines, ''].join('\n');
}
