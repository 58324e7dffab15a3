/** @file The report as figures and as a page, drawn by the same code as the command line's. */
import { AROUND_EVENT } from '@telltale/core/report';
import {
  english,
  expressionsInFull,
  reportPage,
  timeline,
  type ExpressionImages,
  type ReportWords,
} from '@telltale/figures';

import type { Text } from '../text/en.ts';
import { reportInChinese } from '../text/report-zh.ts';
import type { Reviewed } from './reviewed.ts';

export { expressionsInFull };

/** Texts of the figures in the page's language. */
function wordsIn({ code }: Text): ReportWords {
  return code === 'zh' ? reportInChinese : english;
}

/** The timeline as a self-contained SVG on white. */
export function timelineFile({ corrected }: Reviewed, text: Text): string {
  const words = wordsIn(text);
  const figure = timeline(corrected, { document, width: 1200, height: 320, words });
  return selfContained(figure);
}

function selfContained(figure: SVGSVGElement): string {
  // Not as an attribute, which the page's policy forbids.
  figure.style.background = '#fff';
  return `<?xml version="1.0" encoding="UTF-8"?>\n${figure.outerHTML}\n`;
}

/** One event over time, its moments named, as a self-contained SVG on white. @param index - of its expression */
export function eventFigureFile({ corrected }: Reviewed, index: number, text: Text): string {
  const { onset, offset } = corrected.expressions[index]!;
  const { times } = corrected.movement;
  return selfContained(
    timeline(corrected, {
      ...{ document, width: 640, height: 320, named: index, words: wordsIn(text) },
      from: Math.max(times[0]!, onset.time - AROUND_EVENT),
      to: Math.min(times.at(-1)!, offset.time + AROUND_EVENT),
    }),
  );
}

/** The same as a PNG, twice as fine. */
export async function timelineImage(reviewed: Reviewed, text: Text): Promise<Blob> {
  const address = URL.createObjectURL(
    new Blob([timelineFile(reviewed, text)], { type: 'image/svg+xml' }),
  );
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const [width, height] = [2 * image.naturalWidth, 2 * image.naturalHeight];
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const context = canvas.getContext('2d')!;
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    context.drawImage(image, 0, 0, width, height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => {
        if (blob === null) reject(new Error('the image could not be written'));
        else resolve(blob);
      }, 'image/png'),
    );
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** The report as one self-contained page; corrections are listed among the caveats. */
export function pageFile(
  reviewed: Reviewed,
  {
    images,
    wheel,
    text,
    document,
  }: {
    readonly images: readonly (ExpressionImages | undefined)[];
    readonly wheel: string;
    readonly text: Text;
    readonly document: Document;
  },
): string {
  const { caveatCodes, ...corrected } = reviewed.corrected;
  const caveats = [
    ...handMade(reviewed, text.save),
    ...(caveatCodes?.map(text.caveat) ?? corrected.caveats),
  ];
  const words = wordsIn(text);
  return reportPage({ ...corrected, caveats }, { document, wheel, images, words });
}

/** Sentences that describe the corrections. */
function handMade({ report, events }: Reviewed, words: Text['save']): string[] {
  const lines = events.flatMap((event) => {
    const { number, origin, coder, label, comment, isStale } = event;
    const facts = [
      ...(origin === 'found' ? [] : [words.by[origin](coder)]),
      ...(label === '' ? [] : [words.labeled(label)]),
      ...(comment === '' ? [] : [words.commented(comment)]),
      ...(isStale ? [words.notMeasured] : []),
    ];
    return facts.length === 0 ? [] : [words.event(number, facts)];
  });
  const left = report.expressions.length - events.filter((one) => one.found !== undefined).length;
  return left > 0 ? [...lines, words.left(left)] : lines;
}
