/** @file Every language is complete: the same keys, sentences in its own script, every caveat, class and region. */
import { readdirSync, readFileSync } from 'node:fs';

import { caveatCodes, type Caveat } from '@telltale/core';
import { shippedEnsembles } from '@telltale/core/recognize';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';

import { reportPage } from '@telltale/figures';
import { sampleReport } from '../../../../test/sample-report.ts';
import { REGIONS } from '../../../core/src/spot/regions.ts';
import { PROTOCOLS } from '../../../core/src/protocols/protocols.ts';
import { reportOf } from '../export/report.cases.ts';
import { en } from './en.ts';
import { inOrder } from './problems-en.ts';
import { classesInChinese, regionsInChinese, scoreInChinese } from './terms-zh.ts';
import { reportInChinese } from './report-zh.ts';
import { zh } from './zh.ts';

type Entry = string | ((...values: never[]) => unknown);

/** Every sentence with its path; functions as they are. */
function entriesOf(value: unknown, path = ''): (readonly [string, Entry])[] {
  if (typeof value === 'string' || typeof value === 'function') return [[path, value as Entry]];
  return Object.entries(value as object).flatMap(([key, one]) => entriesOf(one, `${path}.${key}`));
}

const DOT =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const ensembleScore = shippedEnsembles['ensemble']!.score;

/** Three Latin words in a row are a sentence, not a name. */
const SENTENCE = /[A-Za-z][a-z]+(?: [a-z]+){2,}/;
/** Names and orders that are the same in every language. */
const NAMES = /^\.(?:code|colon|classes\.|regions\.|start\.networks\.|caveat$|scoreOf$)/;

const values: Caveat['values'] = {
  ...{ network: 'merba', config: 'flow28', members: 3, file: 'own.onnx', faces: 4, without: 5 },
  ...{ right: 85, error: 4, uf1: '0.81', uar: '0.82', clips: 309 },
  ...{ brightness: 20, percent: 12, noise: 3, texture: 12, degrees: 30, count: 2 },
  ...{
    cuts: 2,
    times: '1.20 s, 3.40 s',
    damaged: 3,
    joints: 1,
    videos: 2,
    transfer: 'PQ',
    why: '1',
  },
  ...{
    frames: 6,
    damaged: 2,
    why: 'w',
    joints: 1,
    transfer: 'PQ',
    pixels: 7,
    number: 2,
    subjects: 3,
    rate: 8,
    milliseconds: 9,
    codec: 'hevc',
    name: 'clip.mov',
  },
  note: 'The image branch of mfdan saw the magnitude of the flow in the place of the face: its weights were trained without faces.',
  score: ensembleScore,
};

it('a name that a shell would act on does not get into an order', () => {
  expect(inOrder('my clip (2).mov')).toBe('my clip (2).mov');
  expect(inOrder('视频 1.mp4')).toBe('视频 1.mp4');
  for (const name of ['$(date).mp4', '`id`.mp4', 'a".mp4', 'a\\.mp4', '-y.mp4', 'a;b', 'a|b', '']) {
    expect(inOrder(name)).toBe('clip');
  }
});

describe('Chinese', () => {
  const own = new Map(entriesOf(zh));
  const english = entriesOf(en).filter(([path]) => !NAMES.test(path));

  it.each(english)('has %s', (path, shown) => {
    const here = own.get(path);
    expect(typeof here).toBe(typeof shown);
    // Texts of problems take the values of the problem; all others take numbers and names.
    const isProblem = /^\.problem\.(?:titles|ways)\./.test(path);
    const given = isProblem ? [values] : [3, path.endsWith('.event') ? ['4'] : 4, 5, 6];
    const textOf = (one: Entry): string =>
      typeof one === 'string' ? one : String((one as (...all: unknown[]) => unknown)(...given));
    const text = textOf(here!);
    expect(text).not.toMatch(/undefined|\[object|NaN/);
    expect(text.replaceAll(/(?:ffmpeg|npx) [ -~]+/g, '')).not.toMatch(SENTENCE);
    // A whole sentence in English is one in Chinese.
    if (SENTENCE.test(textOf(shown))) expect(text).toMatch(/\p{Script=Han}/u);
  });

  it('has every caveat', () => {
    for (const code of caveatCodes) {
      const shown = zh.caveat({ code, values });
      expect(shown, code).toMatch(/\p{Script=Han}{4}/u);
      expect(shown, code).not.toMatch(SENTENCE);
      expect(shown, code).not.toContain('undefined');
    }
  });

  it('has the scores of all models that ship, with every number of theirs', () => {
    const folder = new URL('../../../core/models/', import.meta.url);
    const scores = readdirSync(folder)
      .filter((name) => name.endsWith('.safetensors'))
      .map((name) => readFileSync(new URL(name, folder)))
      .map((bytes) => {
        const length = Number(bytes.readBigUInt64LE(0));
        const header = JSON.parse(bytes.subarray(8, 8 + length).toString()) as {
          __metadata__: Record<string, string>;
        };
        return header.__metadata__['score'];
      })
      .filter((score) => score !== undefined);
    expect(scores.length).toBeGreaterThan(2);
    const calibrated = [
      'one of 2 datasets left out at a time, 20 epochs fixed in advance, one seed; 309 clips (A 145, B 164)',
      'one of 10 groups of 40 subjects left out at a time, 20 epochs fixed in advance, 3 seeds; 309 clips (A 309)',
    ].map((rest) => `UF1 0.782, UAR 0.799: ${rest}`);
    for (const score of [...scores, ...calibrated, ensembleScore]) {
      const shown = scoreInChinese(score);
      expect(shown).not.toMatch(/[A-Za-z][a-z]+ [a-z]/);
      expect(shown.match(/[\d.]+/g)).toEqual(score.match(/[\d.]+/g));
    }
  });

  it('has a whole report: page and figures without a sentence in English', () => {
    const { document } = parseHTML('<!doctype html><html><body></body></html>');
    const sample = sampleReport();
    const given = { onset: DOT, apex: DOT, flow: DOT, flowImage: DOT };
    const text = reportPage(
      {
        ...sample,
        caveats: caveatCodes.map((code) => zh.caveat({ code, values })),
        recognizer: { ...sample.recognizer!, score: ensembleScore, file: 'own.onnx' },
        made: [],
      },
      {
        document,
        words: reportInChinese,
        wheel: DOT,
        images: sample.expressions.map(() => given),
      },
    );
    const page = parseHTML(text).document;
    for (const one of page.querySelectorAll('style, script')) one.remove();
    // Text inside a figure is not read aloud.
    const labels = [...page.querySelectorAll('svg, ul, img')].map(
      (one) => one.getAttribute('aria-label') ?? one.getAttribute('alt') ?? '',
    );
    const shown = [page.body.textContent, page.title, ...labels].join('\n');
    expect(page.documentElement.getAttribute('lang')).toBe('zh');
    expect(/[A-Za-z][a-z]+ [a-z]{2,} [a-z]+/.exec(shown)?.[0]).toBeUndefined();
    expect(shown).toContain('微表情');
  });

  it('has every class of every protocol, and every region', () => {
    const classes = PROTOCOLS.flatMap(({ parts = [] }) =>
      parts.flatMap((part) => Object.values(part.classes)),
    );
    expect(classes.length).toBeGreaterThan(10);
    for (const name of classes) expect(Object.keys(classesInChinese)).toContain(name);
    expect(Object.keys(regionsInChinese).sort()).toEqual([...REGIONS].sort());
    for (const name of Object.keys(reportOf().expressions[0]!.regions)) {
      expect(Object.keys(regionsInChinese)).toContain(name);
    }
  });
});
