/** @file Sheets as they occur in practice, and which are refused. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { TelltaleError } from '../base/errors.ts';
import { csvField, parseCsv } from './csv.ts';
import { parseFlowFolder } from './flow-folder.ts';
import { classesOf } from './sample.ts';

const HEADER = 'dataset,subject,clip,emotion,flow';

/** The error that a sheet gives, as `CODE message`. */
function refusal(text: string): string {
  try {
    parseFlowFolder(text);
  } catch (error) {
    if (error instanceof TelltaleError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'accepted';
}

describe('parseCsv', () => {
  test('reads back whatever was written, in every line ending', () => {
    const field = fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\n', '\r', ' ', 'é') });
    const table = fc.array(fc.tuple(fc.constant('x'), field, field), { minLength: 1 });
    fc.assert(
      fc.property(table, fc.constantFrom('\n', '\r\n', '\r'), fc.boolean(), (rows, end, bom) => {
        const header = ['a', 'b', 'c'];
        const text = [header, ...rows].map((row) => row.map(csvField).join(',')).join(end);
        const read = parseCsv((bom ? '\uFEFF' : '') + text + (bom ? end : ''));
        expect(read.map(({ fields }) => fields)).toEqual([header, ...rows]);
      }),
    );
  });

  test('counts lines as an editor does', () => {
    const rows = parseCsv('a,b\r\n\r\n"one\r\ntwo",b\r\n,\r\nc,d');
    expect(rows.map(({ line }) => line)).toEqual([1, 3, 6]);
  });

  test('reads the semicolons and tabs of spreadsheets', () => {
    expect(parseCsv('a;"b,c";d\n1;2,5;3')[1]!.fields).toEqual(['1', '2,5', '3']);
    expect(parseCsv('a\tb\n1\t2')[1]!.fields).toEqual(['1', '2']);
  });

  test('refuses a quote that never closes, and text behind one', () => {
    expect(() => parseCsv('a,b\n1,"2\n3,4')).toThrow(/line 2: a quote opens and never closes/);
    expect(() => parseCsv('a,b\n1,"2"3')).toThrow(/line 2: "3" follows a closing quote/);
  });
});

describe('parseFlowFolder', () => {
  test('turns a sheet into samples', () => {
    const [sample, other] = parseFlowFolder(
      `${HEADER}\nCASME II,sub01,EP02_01f,positive,flow/a.png\nSMIC-HS,s1,x,,./flow\\b.png\n`,
    );
    expect(sample).toEqual({
      id: 'CASME II/sub01/EP02_01f',
      dataset: 'CASME II',
      subject: 'CASME II/sub01',
      clip: 'EP02_01f',
      emotion: 'positive',
      file: 'flow/a.png',
    });
    expect(other).not.toHaveProperty('emotion');
    expect(other!.file).toBe('flow/b.png');
  });

  test('takes columns in any order, in any case, besides others', () => {
    const [sample] = parseFlowFolder(
      '\uFEFFNote, Flow ,CLIP,Subject,Dataset\r\n"a, b",x.png, c ,s,d\r\n\r\n',
    );
    expect(sample).toEqual({ id: 'd/s/c', dataset: 'd', subject: 'd/s', clip: 'c', file: 'x.png' });
  });

  test('keeps subjects of two datasets apart', () => {
    const samples = parseFlowFolder(`${HEADER}\na,01,x,,1.png\nb,01,x,,2.png`);
    expect(new Set(samples.map(({ subject }) => subject)).size).toBe(2);
  });

  test('takes the faces that it names, one onset for several clips', () => {
    const [one, two, three] = parseFlowFolder(
      'dataset,subject,clip,flow,Apex,onset,magnified\nd,s,a,a.png,./faces/a.png,o.png,m.png\n' +
        'd,s,b,b.png,,o.png,\nd,s,c,c.png,,,\n',
    );
    expect(one!.faces).toEqual({ apex: 'faces/a.png', onset: 'o.png', magnified: 'm.png' });
    expect(two!.faces).toEqual({ onset: 'o.png' });
    expect(three).not.toHaveProperty('faces');
  });

  test.each([
    ['dataset,subject,clip,flow,apex\nd,s,a,a.png,../b.png', 'is not inside'],
    ['dataset,subject,clip,flow,onset,onset\nd,s,a,a.png,b.png,c.png', 'two columns "onset"'],
    ['dataset,subject,clip,flow,apex\nd,s,a,a.png,a.png', 'as a flow image and as a face'],
    ['dataset,subject,clip,flow,apex\nd,s,a,a.png,b.png\nd,s,b,b.png,c.png', 'and as a face'],
  ])('refuses the faces of %j', (text, message) => {
    expect(refusal(text)).toContain(message);
  });

  test.each([
    ['', 'DATASET_INVALID samples.csv is empty'],
    [HEADER, 'DATASET_INVALID samples.csv has a header and no samples'],
    ['dataset,subject,emotion,flow\na,b,c,d', 'DATASET_COLUMN_MISSING'],
    ['dataset,dataset,subject,clip,flow\na,a,b,c,d', 'two columns "dataset"'],
    [`${HEADER}\na,b,c,d,e.png\na,,c,d,f.png`, 'line 3 has no subject'],
    [`${HEADER}\na,b,c,d`, 'line 2 has 4 fields, the header has 5'],
    [`${HEADER}\na,b,c,d,e.png\n\na,b,c,d,f.png`, 'lines 2 and 4 both give the clip a/b/c'],
    [`${HEADER}\na,b,c,d,e.png\na,b,d,d,./e.png`, 'both give the image e.png'],
  ])('refuses %j', (text, message) => {
    expect(refusal(text)).toContain(message);
  });

  test.each(['../a.png', '/etc/passwd', 'flow/../../a', 'C:\\a.png', '\\\\server\\a', '.', 'a\0b'])(
    'refuses an image outside the folder: %j',
    (path) => {
      expect(refusal(`${HEADER}\na,b,c,d,${path}`)).toMatch(/line 2.*is not inside/);
    },
  );
});

test('classes are the emotions that occur, in one order', () => {
  const samples = parseFlowFolder(`${HEADER}\na,1,x,surprise,1\na,1,y,,2\na,1,z,negative,3`);
  expect(classesOf(samples)).toEqual(['negative', 'surprise']);
});
