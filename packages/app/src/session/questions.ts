/** @file What the page asks before work is lost or replaced. */
import { text } from '../text/text.svelte.ts';
import type { Question, Screen } from './screens.ts';

/** Before files replace what is open. */
export function openQuestion(
  files: readonly File[],
  {
    screen,
    isUnsaved,
    open,
    later,
  }: {
    readonly screen: Exclude<Screen['name'], 'start' | 'problem' | 'reopen' | 'prepare'>;
    readonly isUnsaved: boolean;
    readonly open: () => void;
    /** Puts them into the queue, where that is possible. */
    readonly later: (() => void) | undefined;
  },
): Question {
  const words = text.now.ask;
  return {
    title: words.open(files[0]!.name, files.length),
    text: isUnsaved ? words.unsaved : words.leaves[screen],
    choices: [
      { label: words.openNow, action: open },
      ...(later === undefined ? [] : [{ label: words.later, action: later }]),
    ],
  };
}

/** Which of several reviews to open. */
export function whichReview(reviews: readonly File[], open: (review: File) => void): Question {
  const words = text.now.ask;
  return {
    title: words.whichReview,
    text: words.oneReview,
    choices: reviews.map((one) => ({ label: one.name, action: () => open(one) })),
  };
}

/** Before a clip is analyzed again, without its corrections. */
export function againQuestion(action: () => void): Question {
  const words = text.now.ask;
  return {
    ...{ title: words.again, text: words.discardText },
    choices: [{ label: words.againNow, action }],
  };
}

/** Before unsaved work is left. */
export function leaveQuestion(action: () => void): Question {
  const words = text.now.ask;
  return {
    ...{ title: words.leave, text: words.unsaved },
    choices: [{ label: words.leaveNow, action }],
  };
}

/** Before everything about a clip is removed. */
export function discardQuestion(action: () => void): Question {
  const words = text.now.ask;
  return {
    ...{ title: words.discard, text: words.discardText },
    choices: [{ label: words.discardNow, action }],
  };
}
