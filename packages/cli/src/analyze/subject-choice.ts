/** @file Whose face a command analyzes: one, or everyone, each with results of their own. */
import { join } from 'node:path';

import { TelltaleError } from '@telltale/core';
import type { Analysis, FaceChoice, Subjects } from '@telltale/core';

/** `--face`. */
export interface SubjectChoice {
  readonly face?: FaceChoice | 'all' | undefined;
}

/** One subject to analyze. */
export interface ChosenSubject {
  readonly subject: FaceChoice | undefined;
  /** Name of the folder of its results below that of the clip; empty: that one. */
  readonly folder: string;
}

/** Who is analyzed. @throws TelltaleError `OPTION_INVALID` where no subject has that number */
export function chosenSubjects(
  { subjects, track }: Subjects,
  { face }: SubjectChoice,
): ChosenSubject[] {
  if (face !== 'all') {
    track(face);
    return [{ subject: face, folder: '' }];
  }
  return subjects.map(({ number }) => ({ subject: number, folder: `subject-${number}` }));
}

/**
 * Analyzes everyone who was chosen. Of several, those are left out whose face is too small or too briefly seen to be
 * measured.
 *
 * @throws TelltaleError `FACE_NOT_FOUND` where nothing is left
 */
export async function eachSubject<T>(
  chosen: readonly ChosenSubject[],
  work: (subject: ChosenSubject) => Promise<T>,
  onSkip?: (subject: ChosenSubject, error: TelltaleError) => void,
): Promise<T[]> {
  const results: T[] = [];
  let skipped: TelltaleError | undefined;
  for (const one of chosen) {
    try {
      results.push(await work(one));
    } catch (error) {
      const isUnseen = error instanceof TelltaleError && error.code === 'FACE_NOT_FOUND';
      if (!isUnseen) throw error;
      skipped = error;
      if (chosen.length > 1) onSkip?.(one, error);
    }
  }
  if (results.length === 0 && skipped !== undefined) throw skipped;
  return results;
}

/** The folder of a subject's results. */
export function folderOf(folder: string, { folder: name }: ChosenSubject): string {
  return name === '' ? folder : join(folder, name);
}

/** `subject 2 of 3` where the clip shows several. */
export function subjectText({ report }: Pick<Analysis, 'report'>): string | undefined {
  const { subject } = report.face;
  return subject && `subject ${subject.number} of ${subject.of}`;
}
