import { parseCsv } from '@telltale/core/datasets';
import { expect, test } from 'vitest';

import { csvInLocale, csvStart } from './csv-locale.ts';

const text =
  'clip,number,text\r\n\'=1+1.mp4,-0.25,"a; ""b"", c"\r\nb,1e-7,"two\nlines"\r\nc.1,3,\r\n';

test('with a comma: semicolons, decimal commas in numbers alone, the same texts', () => {
  expect(csvInLocale(text, 'point')).toBe(text);
  expect(csvStart('point')).toBe('');
  expect(csvStart('comma') + csvInLocale(text, 'comma')).toBe(
    '\uFEFFclip;number;text\r\n\'=1+1.mp4;-0,25;"a; ""b"", c"\r\nb;1e-7;"two\nlines"\r\nc.1;3;\r\n',
  );
  const back = parseCsv(csvInLocale(text, 'comma')).map(({ fields }) => fields);
  expect(back[1]).toEqual(["'=1+1.mp4", '-0,25', 'a; "b", c']);
});
