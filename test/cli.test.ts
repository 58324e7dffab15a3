/** @file The program from end to end, as a user runs it: a clip is synthesized, analyzed and read back. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readReport } from '../packages/core/src/report/read.ts';
import type { Report } from '../packages/core/src/report/report.ts';
import type { Truth } from '../packages/core/src/synth/truth.ts';
import { listing, telltale } from './telltale.ts';
import type { Ended } from './telltale.ts';

let room = '';
let made: Ended;
let analyzed: Ended;
const at = (...names: string[]): string => join(room, ...names);
const json = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

beforeAll(async () => {
  room = mkdtempSync(join(tmpdir(), 'telltale-cli-'));
  made = await telltale('synth', '--out', at('clip.mp4'), '--kind', 'brow-raise', '--seed', '7');
  analyzed = await telltale('analyze', at('clip.mp4'), '--out', at('report'), '--json');
});
afterAll(() => rmSync(room, { recursive: true, force: true }));

describe('telltale synth', () => {
  it('makes a clip and writes beside it what it planted', () => {
    expect(made).toMatchObject({
      status: 0,
      stdout: `${at('clip.mp4')}\n${at('clip.json')}\n`,
    });
    const truth = json(at('clip.json')) as Truth;
    expect(truth.events.map(({ kind }) => kind)).toEqual(['brow-raise']);
  });
});

describe('telltale analyze', () => {
  it('prints only the report on standard output, and progress on standard error', () => {
    expect(analyzed.status, analyzed.stderr).toBe(0);
    expect(analyzed.stdout).toBe(readFileSync(at('report/report.json'), 'utf8'));
    expect(analyzed.stderr).toContain('Micro-expressions: 1.');
    expect(analyzed.stderr).not.toContain('\u001B'); // off a terminal: no color, no changing line
  });

  it('writes a report that its JSON Schema accepts', () => {
    const schema = json(
      new URL('../packages/core/schema/report.schema.json', import.meta.url).pathname,
    ) as object;
    const conforms = new Ajv2020({ allowUnionTypes: true }).compile(schema);
    expect(conforms(JSON.parse(analyzed.stdout)), JSON.stringify(conforms.errors)).toBe(true);
  });

  it('finds the synthetic movement, and reports its class with the score of the model', () => {
    const report: Report = readReport(analyzed.stdout);
    const [planted] = (json(at('clip.json')) as Truth).events;
    const [found] = report.expressions.filter(({ kind }) => kind !== 'blink');
    const both =
      Math.min(found!.offset.time, planted!.offset.time) -
      Math.max(found!.onset.time, planted!.onset.time);
    const either =
      Math.max(found!.offset.time, planted!.offset.time) -
      Math.min(found!.onset.time, planted!.onset.time);
    expect(both / either).toBeGreaterThan(0.5);
    const { classes, score, unsureBelow } = report.recognizer!;
    expect([...classes, 'unsure']).toContain(found!.verdict);
    const probabilities = Object.values(found!.classes!);
    expect(probabilities.reduce((sum, share) => sum + share)).toBeCloseTo(1, 3);
    expect(found!.verdict === 'unsure').toBe(Math.max(...probabilities) < unsureBelow);
    expect(score).toMatch(/UF1/);
  });

  it('writes its three files and nothing else', () => {
    expect(listing(at('report'))).toEqual(['report.csv', 'report.html', 'report.json']);
    expect(readFileSync(at('report/report.csv'), 'utf8').split('\r\n')).toHaveLength(3);
    const page = readFileSync(at('report/report.html'), 'utf8');
    expect(page.match(/<img\s[^>]*src="data:image\/(?:png|jpeg);base64,/g)).toHaveLength(5);
    expect(page).toContain('One micro-expression was found.');
  });
});
