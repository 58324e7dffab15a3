import type { Report } from '@telltale/core';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';

import { sampleReport } from '../../../test/sample-report.ts';
import { expressionsInFull, reportPage } from './index.ts';

const { document } = parseHTML('<!doctype html><html><body></body></html>');
const dot =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const images = { onset: dot, apex: dot, flow: dot, flowImage: dot };

function pageOf(report: Report): { text: string; page: Document } {
  const text = reportPage(report, {
    document,
    images: report.expressions.map(() => images),
    wheel: dot,
  });
  return { text, page: parseHTML(text).document };
}

function mainText(page: Document): string {
  return (page.querySelector('main')?.textContent ?? '').replaceAll(/[ \n\u00A0]+/g, ' ');
}

describe('the page', () => {
  const report = sampleReport();
  const { text, page } = pageOf(report);

  it('loads nothing and runs nothing', () => {
    expect(text.replaceAll('http://www.w3.org/', '')).not.toMatch(/https?:\/\//);
    expect(page.querySelectorAll('link, iframe, object, embed, [src]:not(img)')).toHaveLength(0);
    expect([...page.querySelectorAll('img')].every((img) => img.src.startsWith('data:'))).toBe(
      true,
    );
    expect(page.querySelectorAll('script')).toHaveLength(1);
    expect(page.querySelector('script')?.getAttribute('type')).toBe('application/json');
    expect(page.querySelector('meta[http-equiv]')?.getAttribute('content')).toContain(
      "default-src 'none'",
    );
  });

  it('embeds the report', () => {
    const embedded = page.querySelector('#telltale-report')?.textContent ?? '';
    expect(JSON.parse(embedded)).toEqual(report);
  });

  it('names the sure units behind the verdict of a card', () => {
    const verdicts = [...page.querySelectorAll('article.card header .verdict')].map((one) =>
      one.textContent.trim(),
    );
    expect(verdicts).toEqual([
      'surprise: AU1, AU2 left 87\u202F%',
      'unsure',
      expect.stringMatching(/^positive: AU12 90/),
    ]);
  });

  it('states the findings before anything else', () => {
    const first =
      page.querySelector('main > section')?.textContent.replaceAll(/[ \n\u00A0]+/g, ' ') ?? '';
    expect(first).toContain('2 micro-expressions and one macro-expression were found.');
    expect(first).toContain(
      'At 0.97 s a micro-expression of 0.38 s, strongest in both inner brows and both outer brows.',
    );
    expect(first).toContain('The recognizer classifies it as surprise (87\u202F%).');
    expect(first).toContain('The recognizer is unsure of its class.');
    expect(first).toContain('One blink was detected and excluded.');
    expect(first).toContain('not a lie detector');
  });

  it('shows a card per expression, blinks in a table, the score, the caveats and the stages', () => {
    expect(page.querySelectorAll('article.card')).toHaveLength(3);
    expect(page.querySelectorAll('article.micro')).toHaveLength(2);
    const all = mainText(page);
    for (const words of [
      report.recognizer!.score,
      report.recognizer!.weights,
      ...report.caveats,
      'Up to 2 faces were visible at once; the largest was analyzed.',
      'from 3.17 s to 3.57 s (frames 190 to 214)',
      'lambda 0.15',
    ]) {
      expect(all).toContain(words);
    }
  });

  it('can be read without seeing it', () => {
    expect(page.documentElement.getAttribute('lang')).toBe('en');
    for (const img of page.querySelectorAll('img')) expect(img.alt.length).toBeGreaterThan(10);
    for (const figure of page.querySelectorAll('svg[role="img"]')) {
      expect(figure.getAttribute('aria-label')?.length).toBeGreaterThan(20);
    }
    const levels = [...page.querySelectorAll('h1, h2, h3, h4')].map(({ tagName }) =>
      Number(tagName[1]),
    );
    expect(levels[0]).toBe(1);
    for (const [i, level] of levels.entries()) {
      expect(level - (levels[i - 1] ?? level - 1)).toBeLessThanOrEqual(1);
    }
  });

  it.each(['light', 'dark'])('contrasts at least 4.5 : 1 (WCAG 2.2 AA), %s', (which) => {
    const blocks = [...text.matchAll(/:root \{([^}]*)\}/g)].map(([, block]) => block!);
    const palette = new Map(
      blocks
        .slice(0, which === 'light' ? 1 : 2)
        .flatMap((block) => [...block.matchAll(/(--[\w-]+): (#\w{6})/g)])
        .map(([, name, value]) => [name!, value!]),
    );
    const foregrounds = ['ink', 'quiet', 'curve', 'micro', 'macro', 'blink'];
    for (const name of foregrounds) {
      const color = palette.get(`--telltale-${name}`)!;
      expect(contrast(color, palette.get('--telltale-ground')!), name).toBeGreaterThan(4.5);
    }
    for (const ground of ['--page', '--doubt']) {
      expect(contrast(palette.get('--telltale-ink')!, palette.get(ground)!)).toBeGreaterThan(4.5);
    }
    expect(contrast(palette.get('--telltale-quiet')!, palette.get('--page')!)).toBeGreaterThan(4.5);
  });
});

describe('names that are not harmless', () => {
  const attacks = [
    '<img src=x onerror=alert(1)>',
    '</script><script>alert(1)</script>',
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    '<!--<script>',
    '${alert(1)}',
    '</style><style>body{display:none}</style>',
  ];
  it.each(attacks)('%s stays text', (attack) => {
    const plain = sampleReport();
    const classes = { [attack]: 0.9, other: 0.1 };
    const hostile: Report = {
      ...plain,
      clip: { ...plain.clip, name: attack },
      expressions: plain.expressions.map((one) =>
        one.kind === 'blink'
          ? one
          : { ...one, classes, verdict: attack, regions: { [attack]: 2, [`${attack}2`]: 1 } },
      ),
      recognizer: {
        ...plain.recognizer!,
        network: attack,
        config: attack,
        classes: [attack, 'other'],
        weights: attack,
        score: attack,
      },
      caveats: [attack],
      made: [{ stage: attack, version: attack, options: { [attack]: attack } }],
    };
    const { text, page } = pageOf(hostile);
    expect(page.querySelectorAll('script')).toHaveLength(1);
    expect(page.querySelectorAll('style')).toHaveLength(
      pageOf(plain).page.querySelectorAll('style').length,
    );
    expect(page.querySelectorAll('img')).toHaveLength(3 * 5);
    for (const element of page.querySelectorAll('*')) {
      for (const { name } of element.attributes) expect(name).not.toMatch(/^on/);
    }
    expect(page.querySelector('h1')?.textContent).toBe(attack);
    const embedded = /<script type="application\/json"[^>]*>([^]*?)<\/script>/.exec(text)?.[1];
    expect(JSON.parse(embedded ?? '')).toEqual(hostile);
  });

  it('refuses images that are not in the page', () => {
    const report = sampleReport();
    for (const address of ['https://example.org/x.png', 'x.png', `${dot}" onload="alert(1)`]) {
      const bad = report.expressions.map(() => ({ ...images, flow: address }));
      expect(() => reportPage(report, { document, images: bad })).toThrow('not embedded');
      expect(() => reportPage(report, { document, wheel: address })).toThrow('not embedded');
    }
  });
});

describe('a report with hundreds of expressions', () => {
  const one = sampleReport();
  const [first, blink] = one.expressions as [Report['expressions'][0], Report['expressions'][0]];
  const report: Report = {
    ...one,
    expressions: Array.from({ length: 400 }, (_, i) =>
      i % 4 === 3 ? blink : { ...first, confidence: ((i * 37) % 400) / 400 },
    ),
  };
  const { text, page } = pageOf(report);
  const numbers = (selector: string): number[] =>
    [...page.querySelectorAll(selector)].map(({ textContent }) => Number(textContent));

  it('shows the surest in full, in order of time, and the others in tables that begin folded up', () => {
    const cards = numbers('article.card .number');
    const rows = numbers('details tbody th');
    expect(cards).toHaveLength(30);
    expect(cards).toEqual([...cards].sort((a, b) => a - b));
    expect(rows).toHaveLength(370);
    expect(new Set([...cards, ...rows]).size).toBe(400);
    const least = Math.min(...cards.map((number) => report.expressions[number - 1]!.confidence!));
    const others = rows.map((number) => report.expressions[number - 1]!);
    for (const { kind, confidence } of others) {
      if (kind !== 'blink') expect(confidence).toBeLessThanOrEqual(least);
    }
    expect([...page.querySelectorAll('summary')].map(({ textContent }) => textContent)).toEqual([
      '270 expressions',
      '100 blinks',
    ]);
    expect(page.querySelectorAll('section.findings li')).toHaveLength(31);
    expect(mainText(page)).toContain('300 micro-expressions were found.');
    expect(mainText(page)).toContain('270 others of lower confidence: see the table.');
  });

  it('embeds no more images than it shows, and does without the others', () => {
    expect(page.querySelectorAll('img')).toHaveLength(30 * 5);
    const inFull = expressionsInFull(report);
    const given = report.expressions.map((_, i) => (inFull.has(i) ? images : undefined));
    expect(reportPage(report, { document, images: given, wheel: dot })).toBe(text);
  });
});

describe('reports with little in them', () => {
  it('states that nothing was found', () => {
    const { page } = pageOf({ ...sampleReport(), expressions: [] });
    expect(mainText(page)).toContain('No micro-expressions were found.');
    expect(page.querySelectorAll('article')).toHaveLength(0);
    expect(mainText(page)).not.toContain('Blinks');
  });

  it('states that there was no face', () => {
    const report = sampleReport();
    const { page } = pageOf({
      ...report,
      expressions: [],
      face: { ...report.face, frames: 0 },
      movement: { ...report.movement, values: report.movement.values.map(() => null) },
    });
    expect(mainText(page)).toContain('No face was detected in this clip');
  });

  it('does without a recognizer and without images', () => {
    const { recognizer, ...report } = sampleReport();
    expect(recognizer).toBeDefined();
    const expressions = report.expressions.map((one) => {
      const { onset, apex, offset, duration, kind, confidence, regions } = one;
      return { onset, apex, offset, duration, kind, confidence: confidence!, regions };
    });
    const page = parseHTML(reportPage({ ...report, expressions }, { document })).document;
    expect(mainText(page)).toContain('No recognizer was used');
    expect(mainText(page)).not.toContain('What the recognizer makes of it');
    expect(page.querySelectorAll('img')).toHaveLength(0);
  });
});

/** Contrast ratio of WCAG 2.2, from relative luminances of sRGB. */
function contrast(a: string, b: string): number {
  const luminance = (color: string): number => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5]
      .map((at) => parseInt(color.slice(at, at + 2), 16) / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}
