/** @file The report as figures and as a page, drawn by the same code as the command line's. */
import { reportPage, timeline } from '@telltale/figures';
import type { ExpressionPictures } from '@telltale/figures';

import { correctedReport, isMoved, type Review } from '../model/review.ts';
import type { Result } from '../work/protocol.ts';

/** The timeline as an SVG that stands alone, on white. */
export function timelineFile({ report }: Result, review: Review): string {
  const corrected = correctedReport(report, review);
  const figure = timeline(corrected, { document, width: 1200, height: 320 });
  figure.setAttribute('style', `${figure.getAttribute('style') ?? ''};background:#fff`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${figure.outerHTML}\n`;
}

/** The same as a PNG, twice as fine. */
export async function timelinePicture(result: Result, review: Review): Promise<Blob> {
  const address = URL.createObjectURL(
    new Blob([timelineFile(result, review)], { type: 'image/svg+xml' }),
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
        if (blob === null) reject(new Error('the picture could not be written'));
        else resolve(blob);
      }, 'image/png'),
    );
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** The report as one page that needs nothing else; what a person did stands among the caveats. */
export function pageFile(
  { report, wheel }: Result,
  review: Review,
  pictures: readonly ExpressionPictures[],
): string {
  const corrected = correctedReport(report, review);
  const caveats = [...handMade(report, review), ...corrected.caveats];
  return reportPage({ ...corrected, caveats }, { document, wheel, pictures });
}

/** Plain sentences on what a person changed. */
function handMade(report: Result['report'], review: Review): string[] {
  const lines = review.events.flatMap((event, i) => {
    const facts = [
      ...(event.found === undefined ? ['was added by hand'] : []),
      ...(isMoved(event, report) ? ['was moved by hand'] : []),
      ...(event.label === '' ? [] : [`is labeled “${event.label}” by hand`]),
      ...(event.comment === '' ? [] : [`has the comment “${event.comment}”`]),
    ];
    return facts.length === 0 ? [] : [`Event ${i + 1} ${facts.join(', ')}.`];
  });
  const left =
    report.expressions.length - review.events.filter((one) => one.found !== undefined).length;
  if (left > 0)
    lines.push(`${left} found by the machine ${left === 1 ? 'was' : 'were'} left out by hand.`);
  return lines;
}
