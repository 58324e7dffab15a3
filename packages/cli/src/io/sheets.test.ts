/** @file Sheets in every format and encoding of a lab, and files that mean harm. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';

import { CFB, utils, write } from '@e965/xlsx';
import type { BookType, CellObject, WorkSheet } from '@e965/xlsx';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { cyclicXls } from './sheets.cases.ts';
import { readSheets } from './sheets.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'telltale-sheets-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

async function put(name: string, bytes: Uint8Array | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

const TABLE = [
  ['Notes to coders'],
  [],
  ['Subject', 'Filename', '', 'Onset'],
  ['006', '006_1_2', '', 46],
  [7, '情绪', '', '46'],
];
const TEXT = TABLE.map((row) => row.map(String));

function workbook(
  change: (sheet: WorkSheet) => void = () => undefined,
  bookType: BookType = 'xlsx',
): Uint8Array {
  const sheet = utils.aoa_to_sheet(TABLE);
  change(sheet);
  const book = utils.book_new();
  utils.book_append_sheet(book, sheet, 'MICRO_ONLY');
  return new Uint8Array(write(book, { type: 'array', bookType, compression: true }) as ArrayBuffer);
}

const zips = CFB as {
  read(bytes: Buffer, options: object): object;
  find(archive: object, path: string): { content: Uint8Array; size: number };
  utils: { cfb_del(archive: object, path: string): void };
  write(archive: object, options: object): Buffer;
};

/** The workbook without one of its parts. */
function without(part: string): Uint8Array {
  const archive = zips.read(Buffer.from(workbook()), { type: 'buffer' });
  zips.utils.cfb_del(archive, part);
  return zips.write(archive, { fileType: 'zip', type: 'buffer' });
}

/** The workbook with its first sheet's XML changed behind the library's back. */
function patched(change: (xml: string) => string): Uint8Array {
  const archive = zips.read(Buffer.from(workbook()), { type: 'buffer' });
  const entry = zips.find(archive, '/xl/worksheets/sheet1.xml');
  entry.content = Buffer.from(change(Buffer.from(entry.content).toString('utf8')));
  entry.size = entry.content.length;
  return zips.write(archive, { fileType: 'zip', type: 'buffer' });
}

describe('Excel files', () => {
  test('a workbook written by hand, by another program (golden/sheets.py)', async () => {
    const golden = new URL('../../../../golden/sheets.json', import.meta.url);
    const { xlsx, rows } = JSON.parse(await readFile(golden, 'utf8')) as {
      readonly xlsx: string;
      readonly rows: string[][];
    };
    const path = await put('hand.xlsx', Buffer.from(xlsx, 'base64'));
    expect(await readSheets(path)).toEqual([{ name: 'MICRO_ONLY', rows }]);
  });

  test('days counted from 1904, as Excel for Mac did', async () => {
    const sheet = utils.aoa_to_sheet([['4']]);
    sheet['A1'] = { t: 'n', v: 43_102 - 1462, z: 'd-mmm' }; // 1-2, typed in 2018
    const book = { ...utils.book_new(), Workbook: { WBProps: { date1904: true } } };
    utils.book_append_sheet(book, sheet, 'A');
    const bytes = new Uint8Array(write(book, { type: 'array', bookType: 'xlsx' }) as ArrayBuffer);
    expect(await readSheets(await put('mac.xlsx', bytes))).toEqual([
      { name: 'A', rows: [['2-Jan']] },
    ]);
  });

  test('columns between bars', async () => {
    const path = await put('bars.csv', 'a|b\n1|4,7\n2|4,12\n');
    expect((await readSheets(path))[0]!.rows).toEqual([['a', 'b'], ['1', '4,7'], ['2', '4,12']]); // prettier-ignore
  });

  test.each(['xlsx', 'xlsb', 'biff8', 'biff5', 'ods', 'numbers'] as const)(
    '%s',
    async (bookType) => {
      const book = utils.book_new();
      const ascii = TABLE.map((row) => row.map((cell) => (cell === '情绪' ? 'x' : cell)));
      utils.book_append_sheet(book, utils.aoa_to_sheet(bookType === 'biff5' ? ascii : TABLE), 'S');
      // A file of Numbers needs a whole document around its cells, which the library has in a module of its own.
      const { default: numbers } = await import('@e965/xlsx/dist/xlsx.zahl.mjs');
      const path = await put(
        'a.any',
        new Uint8Array(
          write(book, {
            type: 'array',
            bookType,
            numbers: numbers as unknown as string,
          }) as ArrayBuffer,
        ),
      );
      const [sheet] = await readSheets(path);
      expect(sheet!.name).toBe('S');
      const rows =
        bookType === 'biff5' ? TEXT.map((r) => r.map((c) => (c === '情绪' ? 'x' : c))) : TEXT;
      expect(sheet!.rows).toEqual(rows);
    },
  );

  test('keeps zeros that a format shows, and takes the value that a formula had', async () => {
    const bytes = workbook((sheet) => {
      sheet['A5'] = { t: 'n', v: 7, z: '000' };
      sheet['D5'] = { t: 'n', v: 12_345, f: 'SUM(D4)+12299', z: '#,##0' };
    });
    const [sheet] = await readSheets(await put('a.xlsx', bytes));
    expect(sheet!.rows[4]).toEqual(['007', '情绪', '', '12345']);
    const lists = workbook((sheet) => {
      sheet['A4'] = { t: 'n', v: 11, f: '4+7' };
      sheet['B4'] = { t: 'n', v: 11, f: '+4+7' };
    });
    expect((await readSheets(await put('b.xlsx', lists)))[0]!.rows[3]).toEqual(['4+7', '4+7', '', '46']); // prettier-ignore
  });

  test('every cell of a merged block has its text', async () => {
    const bytes = workbook((sheet) => {
      sheet['!merges'] = [utils.decode_range('A4:A6'), utils.decode_range('A1:C1')];
      Reflect.deleteProperty(sheet, 'A5');
    });
    const [sheet] = await readSheets(await put('a.xlsx', bytes));
    const notes = 'Notes to coders';
    expect(sheet!.rows.map(([first = '']) => first)).toEqual([notes, '', 'Subject', '006', '006']);
    expect(sheet!.rows[0]).toEqual([notes, notes, notes]);
  });

  test.each(['xlsx', 'xlsb', 'biff8', 'ods'] as const)(
    '%s: dates that Excel made of lists are dates, numbers formatted as dates are numbers',
    async (bookType) => {
      const bytes = workbook((sheet) => {
        sheet['A1'] = { t: 'd', v: new Date('2024-01-02T00:00:00Z'), z: 'd-mmm' };
        if (bookType === 'ods') return; // this library writes no other dates into it
        sheet['B1'] = { t: 'n', v: 42_339, z: 'mmm-yy' };
        sheet['C1'] = { t: 'n', v: 45_293, z: 'm"月"d"日"' };
        sheet['D1'] = { t: 'n', v: 45_293, z: 'yyyy/m/d' };
        sheet['A2'] = { t: 'n', v: 46, z: 'yyyy-mm-dd' };
        sheet['B2'] = { t: 'n', v: 3647, z: 'd-mmm' };
        sheet['C2'] = { t: 'n', v: (4 * 60 + 7) / 1440, z: 'h:mm' };
      }, bookType);
      const [sheet] = await readSheets(await put('a.any', bytes));
      if (bookType === 'ods') expect(sheet!.rows[0]![0]).toBe('2-Jan');
      else {
        expect(sheet!.rows[0]).toEqual(['2-Jan', 'Dec-15', '2-Jan', '2024-01-02']);
        expect(sheet!.rows[1]).toEqual(['46', '3647', '4:07']);
      }
    },
  );

  test('comments are not read; hidden rows and sheets are read and marked', async () => {
    const book = utils.book_new();
    const [shown, old] = [utils.aoa_to_sheet(TABLE), utils.aoa_to_sheet(TABLE)];
    (shown['A4'] as CellObject).c = [{ a: 'coder', t: 'or 007?' }];
    shown['!rows'] = [{}, {}, {}, { hidden: true }];
    shown['!autofilter'] = { ref: 'A3:D5' };
    utils.book_append_sheet(book, shown, 'new');
    utils.book_append_sheet(book, old, 'old');
    utils.book_set_sheet_visibility(book, 'old', 1);
    const bytes = new Uint8Array(write(book, { type: 'array', bookType: 'xlsx' }) as ArrayBuffer);
    expect(await readSheets(await put('a.xlsx', bytes))).toEqual([
      { name: 'new', rows: TEXT, hiddenRows: [4] },
      { name: 'old', rows: TEXT, hidden: true },
    ]);
  });

  test('a stated range of a million rows costs nothing, a cell out there is refused', async () => {
    const wide = patched((xml) => xml.replace(/ref="A1:[A-Z]+\d+"/, 'ref="A1:XFD1048576"'));
    expect((await readSheets(await put('wide.xlsx', wide)))[0]!.rows).toEqual(TEXT);
    const far = patched((xml) =>
      xml.replace(
        '</sheetData>',
        '<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>',
      ),
    );
    await expect(readSheets(await put('far.xlsx', far))).rejects.toMatchObject({
      code: 'DATASET_INVALID',
      message: expect.stringContaining('a cell at A1048576') as string,
    });
  });

  test('refuses what is cut off or no sheet at all', async () => {
    const bytes = workbook();
    for (const [name, content] of [
      ['cut.xlsx', bytes.subarray(0, bytes.length / 2)],
      ['old.xls', Buffer.concat([Buffer.from('D0CF11E0A1B11AE1', 'hex'), Buffer.alloc(600, 7)])],
      ['page.xls', '<html><p>1</p></html>'],
      ['noise.csv', Buffer.from([0, 1, 2, 0, 0, 0xff, 0xfe, 0x81])],
    ] as const) {
      await expect(readSheets(await put(name, content))).rejects.toMatchObject({
        code: 'DATASET_INVALID',
        message: expect.stringContaining(name) as string,
      });
    }
  });
});

describe('an Excel file that does harm', () => {
  test('whose chain of sectors has no end is given up, and a signal ends it at once', async () => {
    const path = await put('cyclic.xls', cyclicXls());
    await expect(readSheets(path, { seconds: 1 })).rejects.toMatchObject({
      code: 'DATASET_INVALID',
      message: expect.stringMatching(
        /cyclic\.xls is not read: (after 1 s|.*more memory)/,
      ) as string,
    });
    const stop = new AbortController();
    const reading = readSheets(path, { seconds: 1000, signal: stop.signal });
    setTimeout(() => stop.abort(new Error('enough')), 50);
    await expect(reading).rejects.toThrow('enough');
  });

  test('that takes more memory than its limit is given up', async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => [i, `clip ${i}`, i / 7]);
    const book = utils.book_new();
    utils.book_append_sheet(book, utils.aoa_to_sheet(rows), 'S');
    const bytes = write(book, {
      type: 'array',
      bookType: 'xlsx',
      compression: true,
    }) as ArrayBuffer;
    const path = await put('large.xlsx', new Uint8Array(bytes));
    await expect(readSheets(path, { memory: 96 * 2 ** 20 })).rejects.toMatchObject({
      code: 'DATASET_INVALID',
      message: expect.stringContaining('takes more memory than 96 MB') as string,
    });
    expect((await readSheets(path))[0]!.rows).toHaveLength(60_000);
  });

  test('that lists a sheet and does not hold it is refused', async () => {
    const path = await put('missing.xlsx', without('/xl/worksheets/sheet1.xml'));
    await expect(readSheets(path)).rejects.toMatchObject({
      code: 'DATASET_INVALID',
      message: expect.stringContaining('missing.xlsx is damaged') as string,
    });
  });
});

/** A zip archive with one deflated entry, whose directory may lie. */
function zip(content: Uint8Array, { declared = content.length, twice = false } = {}): Buffer {
  const packed = deflateRawSync(content);
  const name = Buffer.from('xl/worksheets/sheet1.xml');
  const head = (magic: number, skip: number): Buffer => {
    const bytes = Buffer.alloc(skip + 26);
    bytes.writeUInt32LE(magic, 0);
    bytes.writeUInt16LE(8, skip + 4);
    bytes.writeUInt32LE(packed.length, skip + 14);
    bytes.writeUInt32LE(declared, skip + 18);
    bytes.writeUInt16LE(name.length, skip + 22);
    return bytes;
  };
  const local = Buffer.concat([head(0x04034b50, 4), name, packed]);
  const entry = Buffer.concat([head(0x02014b50, 6), Buffer.alloc(14), name]);
  const entries = twice ? [entry, entry] : [entry];
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, ...entries, end]);
}

describe('a zip bomb', () => {
  const refusal = async (bytes: Uint8Array): Promise<unknown> =>
    readSheets(await put('bomb.xlsx', bytes)).catch((error: unknown) => error);

  test('is refused by its directory', async () => {
    const bytes = zip(Buffer.alloc(100 * 2 ** 20, 'a'));
    expect(bytes.length).toBeLessThan(300_000);
    expect(await refusal(bytes)).toMatchObject({
      code: 'DATASET_INVALID',
      message: expect.stringContaining('would decompress to 100 MB, more than 64 MB') as string,
    });
  });

  test('is refused where its directory lies', async () => {
    expect(await refusal(zip(Buffer.alloc(2 ** 20, 'a'), { declared: 1000 }))).toMatchObject({
      code: 'DATASET_INVALID',
      message: expect.stringContaining('declares 1 KB and has more') as string,
    });
  });

  test('is refused where entries share bytes', async () => {
    expect(await refusal(zip(Buffer.alloc(1000, 'a'), { twice: true }))).toMatchObject({
      code: 'DATASET_INVALID',
      message: expect.stringContaining('shares bytes with another') as string,
    });
  });

  test('a file of 100 MB is refused unread', async () => {
    const path = await put('big.csv', Buffer.alloc(100 * 2 ** 20, 'a'));
    await expect(readSheets(path)).rejects.toThrow(/it has 100 MB/);
  });
});

describe('text files', () => {
  const text = 'Subject,Filename,,Onset\n006,情绪,"",46\n';
  const rows = [
    ['Subject', 'Filename', '', 'Onset'],
    ['006', '情绪', '', '46'],
  ];
  const utf16 = Buffer.from(text, 'utf16le');
  const gbk = Buffer.concat([
    Buffer.from('Subject,Filename,,Onset\n006,'),
    Buffer.from([0xc7, 0xe9, 0xd0, 0xf7]),
    Buffer.from(',"",46\n'),
  ]);

  test.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16 LE with a mark', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16])],
    [
      'UTF-16 BE with a mark',
      Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16).swap16()]),
    ],
    ['UTF-16 LE', utf16],
    ['UTF-16 BE', Buffer.from(utf16).swap16()],
    ['GBK', gbk],
  ])('%s', async (_, bytes) => {
    expect((await readSheets(await put('a.csv', bytes)))[0]!.rows).toEqual(rows);
  });

  test.each([
    ['Latin-1, one accent', 'Emoção;Sujet;Onset\nMüller;é;46\n', 'latin1'],
    ['Latin-1, accents side by side', 'Repetição;Naïve;Onset\ncréée;öä;46\n', 'latin1'],
  ] as const)('%s', async (_, text, encoding) => {
    const path = await put('a.csv', Buffer.from(text, encoding));
    expect((await readSheets(path))[0]!.rows).toEqual(
      text.trim().split('\n').map((line) => line.split(';')), // prettier-ignore
    );
  });

  test('GBK beyond GB 2312, and Windows-1252 beyond Latin-1', async () => {
    // 被试,张喆 and the quotation marks of Windows.
    const gbk = Buffer.from('b1bbcad42cd5c586b40a312c320a', 'hex');
    expect((await readSheets(await put('gbk.csv', gbk)))[0]!.rows).toEqual([['被试', '张喆'], ['1', '2']]); // prettier-ignore
    const windows = Buffer.from('93e9cole94,2\n1,2\n'.replace('93', '\x93').replace('94', '\x94').replace('e9', '\xe9'), 'latin1'); // prettier-ignore
    expect((await readSheets(await put('windows.csv', windows)))[0]!.rows[0]).toEqual(['“école”', '2']); // prettier-ignore
  });

  test('with semicolons and decimal commas, and with the line that names the separator', async () => {
    const path = await put('a.csv', 'sep=;\r\nSubject;Onset\r\n006;10,4\r\n');
    expect((await readSheets(path))[0]!.rows.slice(1)).toEqual([['Subject', 'Onset'], ['006', '10,4']]); // prettier-ignore
  });

  test('with tabs, below prose with commas', async () => {
    const path = await put('a.tsv', 'Coded, as ever, by two\n\nSubject\tFilename\n1\ta, b\n2\tc\n');
    const [sheet] = await readSheets(path);
    expect(sheet!.rows.slice(2)).toEqual([
      ['Subject', 'Filename'],
      ['1', 'a, b'],
      ['2', 'c'],
    ]);
  });

  test('with NUL characters, a line of a million columns or a million lines is refused', async () => {
    for (const [name, text] of [
      ['nul.csv', 'Subject,Onset\n1,\u00002\n'],
      ['wide.csv', `${','.repeat(1_000_000)}x\n`],
      ['long.csv', `a,b${'\n'.repeat(1_000_000)}1,2\n`],
      ['quotes.csv', `a,"${'""'.repeat(4_000_000)}`],
    ] as const) {
      await expect(readSheets(await put(name, text))).rejects.toMatchObject({
        code: 'DATASET_INVALID',
      });
    }
    const one = 'x'.repeat(4_000_000);
    const [sheet] = await readSheets(await put('cell.csv', `a,b\n${one},2\n`));
    expect(sheet!.rows[1]).toEqual([one, '2']);
  });
});
