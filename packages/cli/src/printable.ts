/** @file Text of files and folders on a terminal: a name must not move the cursor, clear a line or set the title. */

/** Control characters other than tab and line feed, and characters that reverse the direction of text. */
const UNPRINTABLE = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g;

/** Text in which control characters are shown as escapes of JavaScript: `\x1B`, `\u202E`. */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) => {
    const code = character.codePointAt(0)!.toString(16).toUpperCase();
    return code.length > 2 ? `\\u${code}` : `\\x${code.padStart(2, '0')}`;
  });
}

/**
 * Makes all text that is written to a stream printable.
 *
 * @returns writes text unchanged: for the colors and the progress line of telltale itself
 */
export function makePrintable(stream: NodeJS.WriteStream): (text: string) => boolean {
  const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
  stream.write = (chunk: unknown, ...rest: unknown[]) =>
    write(typeof chunk === 'string' ? printable(chunk) : chunk, ...rest);
  return write;
}
