/**
 * @file Nothing leaves the computer, and nothing but the requested output is written.
 *
 * Each command runs in a network namespace without any interface that is up, with a home and a folder for temporary
 * files of its own, and under strace, which records what it and all of its processes connect to and write. A command
 * must neither look up a name nor connect to anything beyond this computer, even where it would fail quietly.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { numberedFrames } from '../packages/node/src/video/numbered-clip.cases.ts';
import { writeVideo } from '../packages/node/src/video/write.ts';
import { listing, makeFlowFolder, makeFrames } from './telltale.ts';

const program = fileURLToPath(new URL('../packages/cli/bin/telltale.js', import.meta.url));
const SYSCALLS =
  'trace=connect,sendto,sendmsg,sendmmsg,open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mknod,mknodat';
const isolated = [
  'unshare',
  '-n',
  'strace',
  '-f',
  '-qq',
  '--seccomp-bpf',
  '-s',
  '512',
  '-e',
  SYSCALLS,
];

const room = mkdtempSync(join(tmpdir(), 'telltale-privacy-'));
const at = (...names: string[]): string => join(room, ...names);
afterAll(() => rmSync(room, { recursive: true }));

const log = at('strace.log');
const [command, ...words] = [...isolated, '-o', log];
const isAllowed = spawnSync(command, [...words, 'true']).status === 0;

/** What a run did, as far as it concerns others. */
interface Trace {
  readonly status: number | null;
  readonly output: string;
  /** Addresses beyond this computer, and what they were for. */
  readonly connections: readonly string[];
  /** Files and folders that were made or opened for writing, absolute. */
  readonly written: readonly string[];
}

function trace(line: readonly string[]): Trace {
  for (const folder of ['home', 'temporary']) {
    rmSync(at(folder), { recursive: true, force: true });
    mkdirSync(at(folder));
  }
  const env = {
    PATH: process.env['PATH'],
    HOME: at('home'),
    TMPDIR: at('temporary'),
    NO_COLOR: '1',
  };
  const run = spawnSync(command, [...words, ...line], { cwd: room, env, encoding: 'utf8' });
  const calls = callsOf(readFileSync(log, 'utf8'));
  return {
    status: run.status,
    output: run.stdout + run.stderr,
    connections: calls.filter(isOutward),
    written: [...new Set(calls.flatMap(writtenBy))],
  };
}

/** The calls of a log, whole: those of several threads are interleaved. */
function callsOf(text: string): string[] {
  const begun = new Map<string, string>();
  return text.split('\n').flatMap((line) => {
    const thread = /^\d+/.exec(line)?.[0] ?? '';
    const unfinished = /^(.*) <unfinished \.\.\.>$/.exec(line);
    if (unfinished) {
      begun.set(thread, unfinished[1]!);
      return [];
    }
    const resumed = /<\.\.\. \w+ resumed>(.*)$/.exec(line);
    return [resumed ? `${begun.get(thread) ?? ''}${resumed[1]!}` : line];
  });
}

/** A call that addresses another computer, or a resolver of names. */
function isOutward(call: string): boolean {
  if (!/AF_INET6?/.test(call)) return false;
  return /htons\(53\)/.test(call) || !/inet_addr\("127\.|"::1"|::ffff:127\./.test(call);
}

/** The path that a call that succeeded made, or opened for writing. */
function writtenBy(call: string): string[] {
  if (/ = -1 E/.test(call)) return [];
  if (/\bopen(at)?\(/.test(call) && !/O_WRONLY|O_RDWR|O_CREAT/.test(call)) return [];
  if (!/\b(open|openat|creat|mkdir|mkdirat|rename\w*|link|linkat|symlink\w*|mknod\w*)\(/.test(call)) return []; // prettier-ignore
  const paths = [...call.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, path]) => path!);
  return paths.slice(-1).map((path) => resolve(room, path));
}

/** Devices, and entries of /proc, which are not files. */
const NO_FILES = /^\/(dev|proc)\//;

describe.skipIf(!isAllowed)('in isolation (skipped where unshare or strace may not run)', () => {
  beforeAll(async () => {
    await makeFlowFolder(at('data'), 6);
    await makeFrames(at('frames'), 12);
    await writeVideo(at('clip.mp4'), numberedFrames(12), { rate: 25 });
  });

  it('the trace sees what it should: a program that looks up a name and writes elsewhere', () => {
    const script = `
      require('node:fs').writeFileSync(require('node:os').homedir() + '/left', '');
      require('node:dgram').createSocket('udp4').send('x', 9, '192.0.2.1', () => process.exit());
      setTimeout(() => process.exit(), 2000);
    `;
    const { connections, written } = trace([process.execPath, '-e', script]);
    expect(connections.join('\n')).toContain('192.0.2.1');
    expect(written).toContain(at('home', 'left'));
  });

  const TRAINING = ['--network', 'ststnet', '--data', 'data', '--epochs', '1'];
  it.each([
    ['analyze', ['clip.mp4', '--out', 'out'], 2],
    ['analyze', ['frames', '--fps', '25', '--out', 'out'], 2],
    ['spot', ['clip.mp4'], 2],
    ['predict', ['--data', 'data', '--out', 'out/predictions.json'], 0],
    ['export', ['merba', '--out', 'out/model'], 0],
    ['train', [...TRAINING, '--out', 'out/weights.safetensors'], 0],
    ['flow', ['frames/0000.png', 'frames/0001.png', '--out', 'out'], 2],
    ['magnify', ['clip.mp4', '--out', 'out/magnified.mp4'], 0],
    ['evaluate', ['recognition', '--network', 'ststnet', '--data', 'data', '--epochs', '1', '--out', 'out/run'], 0], // prettier-ignore
  ] as const)('%s %j connects to nothing and writes only its output', (name, words, status) => {
    rmSync(at('out'), { recursive: true, force: true });
    mkdirSync(at('out'));
    const run = trace([process.execPath, program, name, ...words]);
    expect(run.output).not.toContain('This is a bug');
    expect([run.status, run.output]).toEqual([status, run.output]);
    expect(run.connections).toEqual([]);
    const others = run.written.filter(
      (path) => !NO_FILES.test(path) && path !== at('out') && !path.startsWith(at('out/')),
    );
    expect(others).toEqual([]);
    expect(listing(at('home'))).toEqual([]);
    expect(listing(at('temporary'))).toEqual([]);
  });
});
