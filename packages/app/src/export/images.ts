/** @file The report as figures and as a page, drawn by the same code as the command line's. */
import {
  english,
  reportPage,
  timeline,
  type ExpressionImages,
  type ReportWords,
} from '@telltale/figures';

import { correctedReport, isMoved, type Review } from '../report/review.ts';
import type { Text } from '../text/en.ts';
import { reportInChinese } from '../text/report-zh.ts';
import type { Result } from '../session/protocol.ts';

/** Texts of the figures in the page's language. */
function wordsIn({ code }: Text): ReportWords {
  return code === 'zh' ? reportInChinese : english;
}

/** The timeline as a self-contained SVG on white. */
export function timelineFile({ report }: Result, review: Review, text: Text): string {
  const corrected = correctedReport(report, review);
  const words = wordsIn(text);
  const figure = timeline(corrected, { document, width: 1200, height: 320, words });
  figure.setAttribute('style', `${figure.getAttribute('style') ?? ''};background:#fff`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${figure.outerHTML}\n`;
}

/** The same as a PNG, twice as fine. */
export async function timelineImage(result: Result, review: Review, text: Text): Promise<Blob> {
  const address = URL.createObjectURL(
    new Blob([timelineFile(result, review, text)], { type: 'image/svg+xml' }),
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
  { report, wheel }: Result,
  review: Review,
  { images, text }: { readonly images: readonly ExpressionImages[]; readonly text: Text },
): string {
  const { caveatCodes, ...corrected } = correctedReport(report, review);
  const caveats = [
    ...handMade(report, review, text.save),
    ...(caveatCodes?.map(text.caveat) ?? corrected.caveats),
  ];
  const words = wordsIn(text);
  return reportPage({ ...corrected, caveats }, { document, wheel, images, words });
}

/** Sentences that describe the corrections. */
function handMade(report: Result['report'], review: Review, words: Text['save']): string[] {
  const lines = review.events.flatMap((event, i) => {
    const facts = [
      ...(event.found === undefined ? [words.added] : []),
      ...(isMoved(event, report) ? [words.moved] : []),
      ...(event.label === '' ? [] : [words.labeled(event.label)]),
      ...(event.comment === '' ? [] : [words.commented(event.comment)]),
    ];
    return facts.length === 0 ? [] : [words.event(i + 1, facts)];
  });
  const left =
    report.expressions.length - review.events.filter((one) => one.found !== undefined).length;
  return left > 0 ? [...lines, words.left(left)] : lines;
}
