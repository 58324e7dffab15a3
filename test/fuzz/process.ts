/**
 * @file The process that reads damaged inputs one after the other and sends its parent how each ended.
 *
 * `process.ts READER CORPUS ROOM FIRST COUNT`: the inputs are numbered; one number is always the same input.
 */
import process from 'node:process';
import { Worker } from 'node:worker_threads';

import { openReaders } from './readers.ts';

/** Before an input, or after the last. */
export type Message = { readonly at: number } | { readonly wrong: string } | { readonly end: true };

const [name, corpus, room, ...numbers] = process.argv.slice(2);
const [first, count] = numbers.map(Number) as [number, number];

const WATCH = `
  const most = require('node:worker_threads').workerData;
  setInterval(() => process.memoryUsage.rss() > most && process.kill(process.pid, 'SIGKILL'), 50);
`;
new Worker(WATCH, { eval: true, workerData: 2 ** 30 });
process.on('disconnect', () => process.exit());

const send = (message: Message): Promise<void> =>
  new Promise((done) => process.send!(message, undefined, {}, () => done()));

const readers = await openReaders(corpus!, room!);
const { seeds, damage, read, invalid = [] } = readers[name!]!;
for (let number = first; number < first + count; number++) {
  await send({ at: number });
  // The first are those that must be refused.
  const mustFail = invalid[number];
  const input = mustFail ?? damage(seeds[number % seeds.length]!, number);
  const before = Object.keys(Object.prototype).length;
  const start = process.cpuUsage();
  try {
    await read(input);
    if (mustFail !== undefined) await send({ wrong: 'what is invalid was accepted' });
  } catch (error) {
    if (!isExpected(error)) await send({ wrong: shown(error) });
  }
  const { user, system } = process.cpuUsage(start);
  if (user + system > 5e6) await send({ wrong: `it took ${(user + system) / 1e6} s` });
  if (Object.keys(Object.prototype).length !== before) await send({ wrong: 'it changed Object.prototype' }); // prettier-ignore
}
await send({ end: true });
process.exit();

/** An error for users: of the library, of the engine, or of the page. */
function isExpected(error: unknown): boolean {
  return (
    error instanceof Error &&
    ['TelltaleError', 'EngineError', 'PageError'].includes(error.name) &&
    /^[A-Z_]+$/.test(String((error as { code?: unknown }).code))
  );
}

function shown(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 4).join(' ') : String(error); // prettier-ignore
}
