import { readFileSync } from 'node:fs';

import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { sampleReport } from '../../../../test/sample-report.ts';
import { caveatCodes, caveatSentence, caveatsOf } from './caveats.ts';
import { reportCsv } from './csv.ts';
import { readReport } from './read.ts';
import type { Report } from './report.ts';

const schema = JSON.parse(
  readFileSync(new URL('../../schema/report.schema.json', import.meta.url), 'utf8'),
) as object;
const conforms = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);

/** A copy of the sample in which the member at `path` is `value`, or gone. */
function changed(path: readonly (string | number)[], value?: unknown): unknown {
  const copy: unknown = structuredClone(sampleReport());
  const owner = path
    .slice(0, -1)
    .reduce<unknown>((at, key) => (at as Record<string | number, unknown>)[key], copy);
  const last = path.at(-1)!;
  if (value === undefined) Reflect.deleteProperty(owner as object, last);
  else Reflect.set(owner as object, last, value);
  return copy;
}

/** Every path to a member of `value`, at any depth. */
function pathsIn(value: unknown): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [];
  const keys = Array.isArray(value) ? value.keys() : Object.keys(value);
  return [...keys].flatMap((key) => [
    [key],
    ...pathsIn((value as Record<string | number, unknown>)[key]).map((path) => [key, ...path]),
  ]);
}

const bad: [string, (string | number)[], unknown?][] = [
  ['another version', ['schema'], 'telltale.report/2'],
  ['no clip', ['clip']],
  ['a frame between frames', ['expressions', 0, 'apex', 'frame'], 58.5],
  ['a probability above 1', ['expressions', 0, 'classes', 'surprise'], 1.2],
  ['an unknown kind', ['expressions', 0, 'kind'], 'nano'],
  ['a verdict without probabilities', ['expressions', 0, 'classes']],
  ['movement as text', ['movement', 'values', 3], '0.4'],
  ['displacements without y', ['movement', 'regions'], { chin: { x: [] } }],
  ['a displacement that is text', ['movement', 'regions'], { chin: { x: ['1'], y: [0] } }],
  ['no caveats', ['caveats']],
  ['a caveat of a code that is none', ['caveatCodes', 0, 'code'], 'weather'],
  [
    'a value in a caveat that is neither text nor number',
    ['caveatCodes', 1, 'values', 'faces'],
    null,
  ],
  ['a recognizer without a score', ['recognizer', 'score']],
  ['a gap without an end', ['face', 'gaps', 0, 'end']],
  ['an edge that is a word', ['expressions', 0, 'atEdge'], 'yes'],
  [
    'a candidate without its times',
    ['candidates'],
    [{ kind: 'micro', duration: 0.2, regions: {} }],
  ],
];

describe('the JSON Schema', () => {
  it('accepts a report', () => {
    expect(conforms(sampleReport()), JSON.stringify(conforms.errors)).toBe(true);
  });
  it.each(bad)('rejects %s', (_, path, value) => {
    expect(conforms(changed(path, value))).toBe(false);
  });
});

describe('readReport', () => {
  it('gives back what was written', () => {
    expect(readReport(JSON.stringify(sampleReport()))).toEqual(sampleReport());
  });
  it('takes displacements of the length of the clip, and no others', () => {
    const withRegions = (length: number): string => {
      const values = Array.from({ length }, (_, i) => (i === 3 ? null : i / 8));
      return JSON.stringify(changed(['movement', 'regions'], { chin: { x: values, y: values } }));
    };
    const { frames } = sampleReport().clip;
    const { movement } = readReport(withRegions(frames));
    expect(movement.regions!['chin']!.x.slice(2, 5)).toEqual([0.25, null, 0.5]);
    expect(conforms(JSON.parse(withRegions(frames)))).toBe(true);
    expect(() => readReport(withRegions(frames - 1))).toThrow(
      `movement.regions.chin has ${frames - 1} x and ${frames - 1} y for ${frames} frames`,
    );
  });
  it('ignores members it does not know', () => {
    expect(readReport(JSON.stringify(changed(['clip', 'camera'], 'left')))).toBeDefined();
  });
  it.each(bad)('rejects %s and names the place', (_, path, value) => {
    const names = path.filter((key) => typeof key === 'string');
    expect(() => readReport(JSON.stringify(changed(path, value)))).toThrow(
      expect.objectContaining({
        code: 'REPORT_INVALID',
        message: expect.stringContaining(names[0]!) as string,
      }),
    );
  });
  it('rejects text that is not JSON, lists of other lengths, moments out of order', () => {
    expect(() => readReport('{')).toThrow('not valid JSON');
    expect(() => readReport(JSON.stringify(changed(['caveats'], ['one'])))).toThrow(
      'caveatCodes has 2 items for 1',
    );
    expect(() => readReport(JSON.stringify(changed(['clip', 'frames'], 299)))).toThrow('300 times');
    const late = changed(['expressions', 0, 'onset', 'frame'], 60);
    expect(() => readReport(JSON.stringify(late))).toThrow('frames 60, 58 and 71');
  });

  it('takes and refuses what the schema does, but for lengths and order', () => {
    const paths = pathsIn(sampleReport()).filter(
      ([top, , index]) => top !== 'movement' || !(Number(index) > 3),
    );
    const anything = fc.oneof(fc.jsonValue(), fc.constant(undefined), fc.integer(), fc.double());
    fc.assert(
      fc.property(fc.constantFrom(...paths), anything, (path, value) => {
        const json = JSON.stringify(changed(path, value));
        let wrong = '';
        try {
          readReport(json);
        } catch (error) {
          wrong = (error as Error).message;
        }
        const beyondSchema = / (for|of) [\d.e+]+( frames)?$/.test(wrong);
        expect({ path, ok: wrong === '' || beyondSchema }).toEqual({
          path,
          ok: conforms(JSON.parse(json)),
        });
      }),
      { numRuns: 2000, seed: 1 },
    );
  });
});

it('reports what is at the edge, found or not', () => {
  const { expressions } = sampleReport();
  const { onset, apex, offset, duration, kind, regions } = expressions[0]!;
  const edged = { ...sampleReport(), expressions: [{ ...expressions[0]!, atEdge: true }] };
  const candidates = [{ onset, apex, offset, duration, kind, regions }];
  const json = JSON.stringify({ ...edged, candidates });
  expect(conforms(JSON.parse(json))).toBe(true);
  expect(readReport(json)).toMatchObject({ expressions: [{ atEdge: true }], candidates });
  const last = { frame: 1e6, time: 0 };
  const late = JSON.stringify({ ...edged, candidates: [{ ...candidates[0]!, offset: last }] });
  expect(() => readReport(late)).toThrow(/report\.candidates\[0\]/);
  const [head, row] = reportCsv(edged as Report)
    .split('\r\n')
    .map((line) => line.split(','));
  expect(row![head!.indexOf('at_edge')]).toBe('yes');
});

describe('action units', () => {
  const unit = { unit: 12, probability: 0.8, verdict: 'sure', side: 'left' };
  const other = { unit: 4, probability: 0.2, verdict: 'unsure', side: 'both' };
  const absent = { ...other, unit: 7, verdict: 'absent' };
  const expressions = (sampleReport().expressions as object[]).map((expression, i) =>
    i === 0 ? { ...expression, units: [other, absent, unit] } : expression,
  );
  const unitsRecognizer = { units: [4, 7, 12], score: 'good', weights: 'abc' };
  const report = { ...sampleReport(), expressions, unitsRecognizer } as Report;

  it('are a member of the expression, in the schema and the reader', () => {
    expect(conforms(report), JSON.stringify(conforms.errors)).toBe(true);
    expect(readReport(JSON.stringify(report))).toEqual(report);
    for (const wrong of [{ ...unit, side: 'upper' }, { ...unit, verdict: 'maybe' }, { unit: 12 }]) {
      const bad = { ...report, expressions: [{ ...report.expressions[0], units: [wrong] }] };
      expect(conforms(bad)).toBe(false);
      expect(() => readReport(JSON.stringify(bad))).toThrow(/units\[0\]/);
    }
  });

  it('are columns of the table: those that are named as coders write them, and all probabilities', () => {
    const [head, first, second] = reportCsv(report)
      .split('\r\n')
      .map((line) => line.split(','));
    const cell = (row: readonly string[], name: string): string => row[head!.indexOf(name)]!;
    expect(cell(first!, 'units')).toBe('4?+L12');
    expect(cell(first!, 'probability_AU12')).toBe('0.8');
    expect(cell(first!, 'probability_AU7')).toBe('0.2');
    expect([cell(second!, 'units'), cell(second!, 'probability_AU12')]).toEqual(['', '']);
    expect(head).not.toContain('units_synthetic_only');
  });

  it('that were learned from synthetic movements alone are marked, and have a column of their own', () => {
    const jaw = { ...other, unit: 26, sideMeasured: false, learnedFrom: 'synthetic' };
    const marked = {
      ...report,
      unitsRecognizer: { ...unitsRecognizer, syntheticUnits: [26] },
      expressions: (expressions as { units?: object[] }[]).map(({ units, ...rest }) =>
        units ? { ...rest, units: [...units, jaw] } : rest,
      ),
    } as unknown as Report;
    expect(conforms(marked), JSON.stringify(conforms.errors)).toBe(true);
    expect(readReport(JSON.stringify(marked))).toEqual(marked);
    const wrong = JSON.stringify(marked).replaceAll('"synthetic"', '"nowhere"');
    expect(conforms(JSON.parse(wrong))).toBe(false);
    expect(() => readReport(wrong)).toThrow(/learnedFrom/);
    const [head, first] = reportCsv(marked)
      .split('\r\n')
      .map((line) => line.split(','));
    const cell = (name: string): string => first![head!.indexOf(name)]!;
    expect([cell('units'), cell('units_synthetic_only')]).toEqual(['4?+L12', '26?']);
    expect(head).not.toContain('probability_AU26');
  });
});

describe('the card of an ensemble', () => {
  const card = sampleReport().recognizer!;
  const members = [card, { ...card, network: 'mfdan', note: 'It saw no faces.' }];
  const report = (value: unknown): unknown =>
    changed(['recognizer'], { ...card, network: 'ensemble', members: value });

  it('has those of its members', () => {
    const whole = report(members);
    expect(conforms(whole), JSON.stringify(conforms.errors)).toBe(true);
    expect(readReport(JSON.stringify(whole))).toEqual(whole);
  });
  it.each([
    ['no list', card],
    ['a member without a score', [{ ...card, score: undefined }]],
    ['a note that is not text', [{ ...card, note: 3 }]],
  ])('rejects %s', (_, value) => {
    const wrong = JSON.stringify(report(value));
    expect(conforms(JSON.parse(wrong))).toBe(false);
    expect(() => readReport(wrong)).toThrow(expect.objectContaining({ code: 'REPORT_INVALID' }));
  });
});

describe('caveats', () => {
  const { expressions, ...whole } = sampleReport();
  const around: Report = { ...whole, expressions };

  it('every code has a sentence that holds its values', () => {
    for (const code of caveatCodes) {
      const values = { brightness: 20, percent: 12, noise: 3, texture: 12, degrees: 30, count: 2, cuts: 2, times: '1 s', number: 2, subjects: 3, damaged: 3, why: 'w', joints: 1, videos: 2, transfer: 'PQ', network: 'N1', config: 'C1', score: 'S1', right: 85, error: 4, uf1: '0.81', uar: '0.82', clips: 309, members: 3, file: 'F1', note: 'O1', faces: 4, without: 5, frames: 6, pixels: 7, rate: 8, milliseconds: 9 }; // prettier-ignore
      const sentence = caveatSentence({ code, values });
      expect(sentence).not.toMatch(/undefined|\[object/);
      expect(sentence.length).toBeGreaterThan(1);
    }
  });
  it('are those that the report and its circumstances call for, and the schema has every code', () => {
    const { clip, face, recognizer } = around;
    const codes = (report: Report, interocular: number): string[] =>
      caveatsOf(report, { interocular }).map(({ code }) => code);
    const always = ['no-lie-detector', 'recognizer', 'spotting', 'sizes'];
    expect(codes(around, 100)).toEqual([...always, 'faces', 'gaps', 'slow-camera']);
    const elsewhere = { clips: 309, uf1: 0.806, uar: 0.82, standardizedUf1: 0.82, sure: 0.8, right: 0.853, calibrationError: 0.041 }; // prettier-ignore
    const known = { ...around, recognizer: { ...recognizer!, elsewhere } };
    expect(codes(known, 100).slice(0, 3)).toEqual(['no-lie-detector', 'elsewhere', 'recognizer']);
    expect(caveatsOf(known, { interocular: 100 }).map(caveatSentence)[1]).toMatch(
      /about 85 of 100 .* off by 4 % \(UF1 0\.81, UAR 0\.82 on 309 clips/,
    );
    expect(conforms(known)).toBe(true);
    const second = { ...around, face: { ...face, subject: { number: 2, of: 2 } } };
    expect(codes(second, 100)).toEqual([...always, 'subject', 'gaps', 'slow-camera']);
    const worst: Report = {
      ...around,
      clip: { ...clip, rate: 25, duration: 1 },
      recognizer: { ...recognizer!, note: 'A note.', file: 'own.onnx', members: [recognizer!], unsureBelow: 1 }, // prettier-ignore
    };
    expect(codes(worst, 40)).toEqual(
      [...always, 'ensemble', 'own-model', 'uncalibrated', 'note', 'faces', 'gaps'].concat([
        ...['small-face', 'slow-camera', 'short-clip'],
      ]),
    );
    const best = {
      ...around,
      recognizer: undefined,
      clip: { ...clip, rate: 200 },
      face: { ...face, faces: 1, frames: clip.frames },
    };
    expect(codes(best as unknown as Report, 100)).toEqual([
      'no-lie-detector',
      'no-recognizer',
      'spotting',
      'sizes',
    ]);
    const syllable = (lips: number, regions: Record<string, number>): Report => ({
      ...best,
      expressions: [{ ...expressions[0]!, kind: 'micro', regions, lips }],
    } as unknown as Report); // prettier-ignore
    const [jaw, brow] = [
      { chin: 2, leftOuterBrow: 0.2 },
      { chin: 0.4, leftOuterBrow: 2 },
    ];
    const isWarned = (report: Report): boolean => codes(report, 100).includes('mouth-opens');
    expect([1.5, -1.5, 0.4, 0].map((lips) => isWarned(syllable(lips, jaw)))).toEqual([true, true, false, false]); // prettier-ignore
    expect(isWarned(syllable(1.5, brow))).toBe(false);
    expect(conforms(syllable(1.5, jaw))).toBe(true);
    for (const code of caveatCodes) {
      expect(conforms(changed(['caveatCodes', 0, 'code'], code)), code).toBe(true);
    }
  });
});

describe('reportCsv', () => {
  const lines = reportCsv(sampleReport()).split('\r\n');
  const cells = lines.slice(0, -1).map((line) => line.split(','));

  it('has one row per expression, all as long as the header, and ends its last line', () => {
    expect(cells.map((row) => row.length)).toEqual(Array(5).fill(15 + 3 + 12 + 11));
    expect(lines.at(-1)).toBe('');
  });
  it('puts each value under its name', () => {
    const row = Object.fromEntries(cells[0]!.map((name, i) => [name, cells[1]![i]]));
    expect(row).toMatchObject({
      clip: 'interview-04.mp4',
      number: '1',
      kind: 'micro',
      verdict: 'surprise',
      apex_frame: '58',
      apex_time: '0.966667',
      probability_surprise: '0.87',
      movement_leftInnerBrow: '3.1',
    });
  });
  it('leaves cells empty that do not apply', () => {
    const row = Object.fromEntries(cells[0]!.map((name, i) => [name, cells[2]![i]]));
    expect(row).toMatchObject({ kind: 'blink', verdict: '', probability_surprise: '' });
  });
  it('quotes names with commas, quotes and line ends', () => {
    const odd = changed(['clip', 'name'], 'a "b", c\n.mp4') as ReturnType<typeof sampleReport>;
    expect(reportCsv(odd)).toContain('"a ""b"", c\n.mp4",1,micro');
  });
  it('is a header alone where nothing was found', () => {
    const none = changed(['expressions'], []) as ReturnType<typeof sampleReport>;
    expect(reportCsv(none).match(/\r\n/g)).toHaveLength(1);
  });

  it('leaves the cell of a class empty that an expression does not have, whatever its name', () => {
    const report = sampleReport();
    const recognizer = {
      ...report.recognizer!,
      classes: ['toString', '__proto__', 'negative'],
    };
    const [first, ...others] = report.expressions;
    const classes = Object.fromEntries([
      ['toString', 0.75],
      ['__proto__', 0.25],
    ]);
    const changed = [
      { ...first!, classes },
      { ...others[0]!, classes: { negative: 1 } },
    ];
    const [head, one, two] = reportCsv({ ...report, recognizer, expressions: changed }).split(
      '\r\n',
    );
    const at = head!.split(',').findIndex((name) => name.endsWith('toString'));
    expect(at).toBeGreaterThan(0);
    expect(one!.split(',').slice(at, at + 3)).toEqual(['0.75', '0.25', '']);
    expect(two!.split(',').slice(at, at + 3)).toEqual(['', '', '1']);
  });
});
