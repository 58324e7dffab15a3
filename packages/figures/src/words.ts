/** @file Numbers and names as readable text. */
/** Seconds with as many decimals as the frame rate gives meaning to: `0.97 s`, with a space that does not break. */
export function seconds(value: number, rate: number): string {
  return `${value.toFixed(rate > 100 ? 3 : 2)}\u00A0s`;
}

/** A share of 1 in whole percent: `87 %`, with a narrow space that does not break. */
export function percent(share: number): string {
  return `${Math.round(100 * share)}\u202F%`;
}

/** A count with its noun: `one blink`, `3 blinks`, `no blinks`. */
export function counted(count: number, noun: string): string {
  if (count === 0) return `no ${noun}s`;
  return count === 1 ? `one ${noun}` : `${count} ${noun}s`;
}

/** An identifier as words: `leftBrow` and `left_brow` become `left brow`. */
export function wordsOf(name: string): string {
  return name
    .replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replaceAll(/[_-]+/g, ' ')
    .toLowerCase()
    .trim();
}

/** Names of regions as words; left and right become one: `both mouth corners`. */
export function regionWords(names: readonly string[]): string {
  const pairs = (name: string): string | undefined => /^(?:left|right)(\p{Lu}.*)$/u.exec(name)?.[1];
  const isPair = (part: string): boolean =>
    names.includes(`left${part}`) && names.includes(`right${part}`);
  const phrases = names.map((name) => {
    const part = pairs(name);
    return part !== undefined && isPair(part) ? `both ${wordsOf(part)}s` : wordsOf(name);
  });
  return listed([...new Set(phrases)]);
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
}

/** With a capital first letter. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
