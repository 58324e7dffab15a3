/** @file The notation of action units, and that nothing of a cell is dropped in silence. */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { parseActionUnits } from './action-units.ts';
import { book, messagesOf, read } from './definitions.cases.ts';

test.each([
  ['4+7', ['4', '7'], []],
  ['AU1, AU2', ['1', '2'], []],
  ['L14C', ['L14'], []],
  ['４，15', ['4', '15'], []],
  ['12、15', ['12', '15'], []],
  ['A12', ['12'], []],
  ['A1B+A2C', ['1', '2'], []],
  ['A/L12', ['L12'], []],
  ['12L', ['L12'], []],
  ['4R+7', ['R4', '7'], []],
  ['R4,5', ['R4', '5'], []],
  ['AD38', ['AD38'], []],
  ['M58', ['M58'], []],
  ['4(B/C)+7B', ['4', '7'], []],
  ['ref(7B)+43', ['43'], ['7']],
  ['4(k)+17', ['17'], ['4']],
  ['12?', [], ['12']],
  ['14or23', [], ['14', '23']],
  ['R6 or R12', [], ['R6', 'R12']],
  ['(R6 or R12)+R15', ['R15'], ['R6', 'R12']],
  ['4+R12 or L12', ['4'], ['R12', 'L12']],
  ['(4+7) or (4+12)', ['4'], ['7', '12']],
  ['(loses 1+2) or (4(B/C))', [], ['1', '2', '4']],
  ['', [], []],
  ['/', [], []],
] as const)('%j: certain %j, uncertain %j', (cell, certain, uncertain) => {
  expect(parseActionUnits(cell)).toMatchObject({ cell, certain, uncertain, unknown: [] });
});

test.each([
  ['AU 4', ['4'], []],
  ['AU_L14', ['L14'], []],
  ['AUs: 4, 7', ['4', '7'], []],
  ['AD 38', ['AD38'], []],
  ['AU4.', ['4'], []],
  ["['AU4', 'AU7']", ['4', '7'], []],
  ['[4, 7]', ['4', '7'], []],
  ['{"4": 1, "7": 0}', ['4'], []],
  ['AU4: 1, AU7: 0', ['4'], []],
  ['动作单元4和7', ['4', '7'], []],
  ['4与7', ['4', '7'], []],
  ['4或7', [], ['4', '7']],
  ['4 and 7', ['4', '7'], []],
  ['4\\7', ['4', '7'], []],
  ['4~7', ['4', '7'], []],
  ['4→7', ['4', '7'], []],
  ['AU1:AU2', ['1', '2'], []],
  ['AU1 - AU2', ['1', '2'], []],
  ['AU6AU12', ['6', '12'], []],
  ['1E2E5E', ['1', '2', '5'], []],
  ['12 L', ['L12'], []],
  ['12(L)', ['L12'], []],
  ['12 (left)', ['L12'], []],
  ['Right AU12', ['R12'], []],
  ['R-12', ['R12'], []],
  ['LAU12', ['L12'], []],
  ['左12+右4', ['L12', 'R4'], []],
  ['4(LR)', ['4'], []],
  ['bilateral 12', ['12'], []],
  ['L/R12', [], ['L12', 'R12']],
  ['4(?)', [], ['4']],
  ['4=0.8', [], ['4']],
  ['12(3)', ['12'], ['3']],
  ['4,7.0', ['4', '7'], []],
  ['Neutral', [], []],
  ['AU0', [], []],
] as const)('the spelling %j: certain %j, uncertain %j', (cell, certain, uncertain) => {
  expect(parseActionUnits(cell)).toMatchObject({ cell, certain, uncertain, unknown: [] });
});

test.each([
  ['12 B', 'B'],
  ['12-B', 'B'],
  ['12 (B)', 'B'],
  ['12=2', 'B'],
  ['12C-D', 'CD'],
  ['12CD', 'CD'],
  ['12(C→D)', 'CD'],
])('the intensity of %j is %j', (cell, intensity) => {
  expect(parseActionUnits(cell)).toMatchObject({
    ...{ certain: ['12'], unknown: [] },
    units: [{ name: '12', intensity, isAsymmetric: false }],
  });
});

test('intensity, side and asymmetry are kept for each unit', () => {
  expect(parseActionUnits('A1B+4(B/C)+12LD+AD38').units).toEqual([
    { name: '1', intensity: 'B', isAsymmetric: true },
    { name: '4', intensity: 'BC', isAsymmetric: false },
    { name: 'L12', intensity: 'D', isAsymmetric: false },
    { name: 'AD38', intensity: '', isAsymmetric: false },
  ]);
});

test.each([
  ['4+smile', ['4'], ['smile']],
  ['4+123', ['4'], ['123']],
  ['4)+7', ['4', '7'], [')']],
  ['4Z', [], ['4Z']],
] as const)('%j: certain %j, not understood %j', (cell, certain, unknown) => {
  expect(parseActionUnits(cell)).toMatchObject({ certain, unknown });
});

test('every number of a cell is in a unit or in what is not understood', () => {
  const piece = fc.constantFrom(
    ...['A', 'L', 'R', 'AU', 'AD', '(', ')', '+', ',', '/', ' or ', '?', '(k)', 'ref(', 'loses '],
    ...['B', 'x', '4', '12', '7', ' ', '38'],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const cell = pieces.join('');
      const { units, certain, uncertain, unknown } = parseActionUnits(cell);
      const read = [...units.map(({ name }) => name), ...unknown].join(' ');
      const digits = (text: string): string[] => (text.match(/\d/g) ?? []).toSorted();
      expect(new Set(digits(read))).toEqual(new Set(digits(cell)));
      const names = new Set(units.map(({ name }) => name));
      expect(new Set([...certain, ...uncertain])).toEqual(names);
      expect(certain.filter((name) => uncertain.includes(name))).toEqual([]);
    }),
  );
});

test('a cell longer than any coding is not read, and reported', () => {
  const { certain, unknown } = parseActionUnits('('.repeat(30_000));
  expect(certain).toEqual([]);
  expect(unknown).toHaveLength(1);
});

test('a sheet reports what is uncertain and what is not understood', () => {
  const header = ['subject', 'clip', 'onset', 'offset', 'fps', 'action units'];
  const rows = [header, ['p1', 'one', 1, 9, 100, 'A12+smile+ref(7B)']];
  const reading = read('generic', [book('annotations.csv', ['', rows])]);
  expect(reading.annotations[0]!.actionUnits).toEqual(['12']);
  expect(messagesOf(reading, 'repair')).toEqual([
    'action units "A12+smile+ref(7B)": 7 is uncertain and not counted',
    'action units "A12+smile+ref(7B)": "smile" not understood and not counted',
  ]);
});

test("in SAMM's key ? is an unclear offset, and the unit is certain", () => {
  const read = parseActionUnits('12?+4(k)', { unclearOffset: true });
  expect(read).toMatchObject({ certain: ['12'], uncertain: ['4'] });
});
