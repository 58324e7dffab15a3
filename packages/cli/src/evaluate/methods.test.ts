/** @file Which rows of a table the words of a command line make, and which they do not. */
import { expect, test } from 'vitest';

import { chosenRows, plannedMethod } from './methods.ts';
import type { MethodChoice } from './methods.ts';

const classes = ['negative', 'positive', 'surprise'];

function rows(choice: Partial<MethodChoice>): ReturnType<typeof chosenRows> {
  return chosenRows({ ablation: false, classical: false, ...choice }, classes);
}

function names(choice: Partial<MethodChoice>): string[] {
  return rows(choice).map(({ name }) => name);
}

test('names of networks, with configurations, and classical machines', () => {
  expect(names({})).toEqual(['merba']);
  expect(names({ network: 'ststnet', config: 'authors' })).toEqual(['ststnet-authors']);
  expect(names({ networks: 'ststnet:authors, ststnet, svm' })).toEqual([
    'ststnet-authors',
    'ststnet',
    'svm',
  ]);
  expect(names({ classical: true })).toEqual(['merba', 'svm', 'svm-rbf', 'ststnet', 'offapexnet']);
  expect(names({ networks: 'svm', classical: true })).toEqual([
    'svm',
    'svm-rbf',
    'ststnet',
    'offapexnet',
  ]);
});

test('an ablation is eight different graphs with one recipe', () => {
  const found = rows({ ablation: true, epochs: 7 });
  expect(found[0]!.name).toBe('merba');
  expect(new Set(found.map(({ settings }) => settings['graph'])).size).toBe(8);
  const recipes = found.map(({ settings }) => JSON.stringify(settings['recipe']));
  expect(new Set(recipes)).toEqual(new Set([recipes[0]]));
  expect(recipes[0]).toContain('"epochs":7');
});

test.each([
  [{ networks: 'merba,merba' }, 'merba is named twice'],
  [{ network: 'merba', networks: 'ststnet' }, '--network and --networks are both given'],
  [{ networks: 'merba,ststnet', config: 'flow28' }, '--config is given with several networks'],
  [{ network: 'merbo' }, "there is no network 'merbo'"],
  [{ networks: 'svm:flow28' }, 'svm has no configuration flow28'],
  [{ ablation: true, networks: 'merba,svm' }, '--ablation is given with merba,svm'],
  [{ ablation: true, network: 'ststnet' }, '--ablation is given with ststnet'],
  [{ ablation: true, classical: true }, '--ablation is given with --classical'],
] as [Partial<MethodChoice>, string][])('%j is refused', (choice, message) => {
  expect(() => rows(choice)).toThrow(message);
});

test('a plan is followed by the code it was made with, and by no other', () => {
  for (const planned of [...rows({ networks: 'ststnet,svm' }), rows({ ablation: true })[1]!]) {
    const method = plannedMethod(planned, classes);
    expect(method).toMatchObject({ name: planned.name, settings: planned.settings });
    const settings = { ...planned.settings, graph: 'of yesterday' };
    expect(() => plannedMethod({ ...planned, settings }, classes)).toThrow(/graph: "of yesterday"/);
  }
});
