/** @file The language of the page; by default that of the browser. */
import { own } from '@telltale/core/report';
import { en } from './en.ts';
import type { Text } from './en.ts';
import { zh } from './zh.ts';

/** Languages by code, with their own names. */
export const languages = { en: 'English', zh: '简体中文' } as const;
type Code = keyof typeof languages;

const texts: Readonly<Record<Code, Text>> = { en, zh };

/** The text of the page in the selected language. */
export const text: { readonly now: Text; choose: (code: string) => void } = createText();

function createText(): typeof text {
  let code = $state<Code>('en');
  return {
    get now() {
      return texts[code];
    },
    choose(wanted) {
      const found = (Object.keys(languages) as Code[]).find((one) => wanted.startsWith(one));
      code = found ?? 'en';
    },
  };
}

/** The name of a region or class for display. */
export function wordsOf(name: string, table: Readonly<Record<string, string>>): string {
  return own(table, name) ?? name.replaceAll(/([A-Z])/g, ' $1').toLowerCase();
}
