import { createHash } from 'node:crypto';

import { parseHTML } from 'linkedom';
import { expect, it } from 'vitest';

import { sampleReport } from '../../../test/sample-report.ts';
import { runPageEnd, runPageRow, runPageScript, runPageStart, smallTimeline } from './run-page.ts';

const dot =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const timeline = smallTimeline(sampleReport());
const page = [
  runPageStart({ name: 'run <1>', clips: 2, failed: 1, micro: 3, version: '0.1.0' }),
  runPageRow({
    ...{ name: 'S01/a#1.mp4', href: 'clips/a#1 b/report.html', thumbnail: dot, timeline },
    ...{ duration: 3.25, micro: 3, macro: 1, blinks: 0, verdicts: '2 negative', caveats: 'gaps' },
  }),
  runPageRow({ name: '<b>', failure: 'cannot read "x" & y' }),
  runPageEnd(),
].join('');
const { document } = parseHTML(page);

it('has a row for each clip, with links that work for any name, and texts escaped', () => {
  const rows = [...document.querySelectorAll('tbody tr')];
  expect(rows).toHaveLength(2);
  expect(rows[0]!.querySelector('a')?.getAttribute('href')).toBe('clips/a%231%20b/report.html');
  expect([...rows[0]!.querySelectorAll('td')].slice(2).map((cell) => cell.textContent)).toEqual([
    ...['3.3', '3', '1', '0', '2 negative', 'gaps'],
  ]);
  expect(rows[1]!.textContent).toBe('<b>cannot read "x" & y');
  expect(document.querySelector('h1')?.textContent).toBe('run <1>');
  expect(document.querySelectorAll('thead th')).toHaveLength(8);
});

it('loads nothing, and runs only the script whose hash its policy names', () => {
  expect(page.replaceAll('http://www.w3.org/', '')).not.toMatch(/https?:\/\//);
  const [script, ...others] = [...document.querySelectorAll('script')];
  expect(others).toEqual([]);
  expect(script!.textContent).toBe(runPageScript.text);
  const hash = createHash('sha256').update(runPageScript.text).digest('base64');
  expect(runPageScript.sha256).toBe(hash);
  const policy = document.querySelector('meta[http-equiv]')!.getAttribute('content')!;
  expect(policy).toContain(`script-src 'sha256-${hash}'`);
  expect(policy).toContain("default-src 'none'");
});

it('draws a curve with a mark for each expression, and no line where there was no face', () => {
  const report = sampleReport();
  expect(timeline.match(/<line x1="[^"]+" x2="[^"]+" y1="0"/g)).toHaveLength(
    report.expressions.length,
  );
  const gap = { ...report, movement: { times: [0, 1, 2, 3, 4], values: [1, 2, null, 2, 1], threshold: 3 } }; // prettier-ignore
  expect(smallTimeline(gap)).toMatch(/d="M0 [\d.]+L55 [\d.]+M165 [\d.]+L220 [\d.]+"/);
});
