/**
 * @file Nothing leaves the computer, and nothing but the requested output is written.
 *
 * Every command of the command tree runs to its end in a network namespace that has no network, with a home and a
 * folder for temporary files of its own, and under strace, which records what it and all of its processes connect to
 * and write. A command must neither look up a name nor connect to anything beyond this computer, even where it would
 * fail quietly. A command without a case here is a failure.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { loadAllCommands, loadCommands } from '../packages/cli/src/command-list.ts';
import { createProgram } from '../packages/cli/src/program.ts';
import { buildPage } from './app-build.ts';
import { listing } from './telltale.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = join(root, 'packages/cli/bin/telltale.js');
const SYSCALLS =
  'trace=execve,connect,sendto,sendmsg,sendmmsg,open,openat,openat2,creat,truncate,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mknod,mknodat';
const isolated = [
  'unshare',
  '-n',
  // The loopback interface, which `open` serves on, is down in a new namespace.
  ...['sh', '-c', 'ip link set lo up 2>/dev/null; exec "$@"', 'sh'],
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
const hasLoopback = spawnSync('ip', ['-V']).status === 0;

/** What a run did, as far as it concerns others. */
interface Trace {
  readonly status: number | null;
  readonly output: string;
  /** Addresses beyond this computer, and what they were for. */
  readonly connections: readonly string[];
  /** Files and folders that were made or opened for writing, absolute. */
  readonly written: readonly string[];
  /** Command lines of the processes that it started. */
  readonly started: readonly string[];
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
    started: calls.flatMap(startedBy),
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

/** The words of a program that a call started. */
function startedBy(call: string): string[] {
  const words = /\bexecve\("[^"]*", \[(.*?)\], /.exec(call)?.[1];
  return words === undefined ? [] : [words.replaceAll(/"(.*?)"(?:, )?/g, '$1 ').trim()];
}

/** A call that addresses another computer, or a resolver of names. */
function isOutward(call: string): boolean {
  if (!/AF_INET6?/.test(call)) return false;
  return /htons\(53\)/.test(call) || !/inet_addr\("127\.|"::1"|::ffff:127\./.test(call);
}

/** The path that a call that succeeded made, or opened for writing. */
function writtenBy(call: string): string[] {
  if (/ = -1 E/.test(call)) return [];
  if (/\bopen(at2?)?\(/.test(call) && !/O_WRONLY|O_RDWR|O_CREAT/.test(call)) return [];
  if (!/\b(open|openat|openat2|creat|truncate|mkdir|mkdirat|rename\w*|link|linkat|symlink\w*|mknod\w*)\(/.test(call)) return []; // prettier-ignore
  const paths = [...call.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, path]) => path!);
  return paths.slice(-1).map((path) => resolve(room, path));
}

/** Devices, and entries of /proc, which are not files; memory that is shared by a name is. */
const NO_FILES = /^\/(dev\/(?!shm\/)|proc\/)/;

/** A command line that is run to its end. */
interface Case {
  /** Names the command and gives what it needs: what the cases before it wrote, in the folders of their names. */
  readonly line: string;
  /** Everything that it may write, and must: files and folders in the folder `out`, the only one in which it may. */
  readonly writes?: readonly string[];
  readonly out?: string;
  /** A command of telltale that it starts in a process of its own. */
  readonly starts?: string;
}

const flow = 'flow-data';
const network = '--network ststnet --epochs 1';
const cases: readonly Case[] = [
  { line: 'synth clip --out clip/a.mp4 --rate 25 --seconds 2', out: 'clip', writes: ['a.json', 'a.mp4'] }, // prettier-ignore
  { line: 'synth dataset --layout generic --subjects 3 --clips 6 --size 128x128 --fps 25 --out generic/data', out: 'generic', writes: ['data'] }, // prettier-ignore
  { line: `synth dataset --flow --subjects 3 --clips 9 --out ${flow}/data`, out: flow, writes: ['data'] }, // prettier-ignore
  { line: 'analyze clip/a.mp4 --out analyze/a --xlsx --frames --landmarks', out: 'analyze', writes: ['a'] }, // prettier-ignore
  { line: 'analyze generic/data/clips/p1_01 --fps 25 --json' },
  { line: 'analyze clip/a.mp4 generic/data/clips/p1_01 --fps 25 --parallel 1 --out many/run', out: 'many', writes: ['run'], starts: 'jobs serve analyses' }, // prettier-ignore
  { line: 'recognize generic/data/clips/p1_01 --fps 25 --out recognize/b', out: 'recognize', writes: ['b'] }, // prettier-ignore
  { line: 'spot clip/a.mp4 --out spot/a.xlsx', out: 'spot', writes: ['a.xlsx'] },
  { line: 'spot --dataset generic --data generic/data --parallel 1 --out spotting/run', out: 'spotting', writes: ['run'], starts: 'jobs serve videos' }, // prettier-ignore
  { line: 'evaluate spotting --dataset generic --data generic/data --parallel 1 --out spotting/run', out: 'spotting', writes: ['run'] }, // prettier-ignore
  { line: `evaluate spot-then-recognize --dataset generic --data generic/data --parallel 1 --out spotting/run ${network}`, out: 'spotting', writes: ['run'], starts: 'jobs serve clips' }, // prettier-ignore
  { line: 'agree analyze/a/report.json recognize/b/report.json --out agree/a', out: 'agree', writes: ['a'] }, // prettier-ignore
  { line: 'convert analyze/a recognize/b --out convert/a.eaf', out: 'convert', writes: ['a.eaf'] }, // prettier-ignore
  { line: 'show clip/a.mp4 analyze/a --blur --out show/a', out: 'show', writes: ['a'] },
  { line: 'flow generic/data/clips/p1_01/0026.png generic/data/clips/p1_01/0034.png --out flow/a', out: 'flow', writes: ['a'] }, // prettier-ignore
  { line: 'magnify clip/a.mp4 --out magnify/a.mp4', out: 'magnify', writes: ['a.mp4'] },
  { line: 'dataset check generic generic/data --synthetic' },
  { line: 'dataset prepare generic generic/data --parallel 1 --out prepare/cache', out: 'prepare', writes: ['cache'], starts: 'jobs serve clips' }, // prettier-ignore
  { line: 'evaluate units --data prepare/cache --synthetic 30 --out units/run', out: 'units', writes: ['run'] }, // prettier-ignore
  { line: 'pretrain --data FER:faces --config tiny-faces --epochs 1 --out pretrain/a.safetensors', out: 'pretrain', writes: ['a.safetensors'] }, // prettier-ignore
  { line: `train ${network} --data ${flow}/data --out train/a.safetensors`, out: 'train', writes: ['a.safetensors'] }, // prettier-ignore
  { line: `evaluate recognition ${network} --data ${flow}/data --parallel 1 --out recognition/run`, out: 'recognition', writes: ['run'], starts: 'jobs serve folds' }, // prettier-ignore
  { line: `evaluate knockout --data ${flow}/data --out knockout/run`, out: 'knockout', writes: ['run'] }, // prettier-ignore
  { line: 'evaluate scores recognition/run', out: 'recognition', writes: ['run'] },
  { line: `evaluate recognition ${network} --data ${flow}/data --plan-only --out planned/run`, out: 'planned', writes: ['run'] }, // prettier-ignore
  { line: 'fold run planned/run', out: 'planned', writes: ['run'] },
  { line: 'jobs share folds shared --tasks 1 --task 0', out: 'shared', writes: ['0.json', 'jobs.jsonl'] }, // prettier-ignore
  { line: 'calibrate --weights train/a.safetensors --scores recognition/run/result.json --out calibrate/a.safetensors', out: 'calibrate', writes: ['a.safetensors'] }, // prettier-ignore
  { line: `predict --data ${flow}/data --weights calibrate/a.safetensors --out predict/a.csv`, out: 'predict', writes: ['a.csv'] }, // prettier-ignore
  { line: 'export merba --out export/a', out: 'export', writes: ['a'] },
];

/** `open` serves until it is ended: this starts it, loads the page, and ends it. */
const OPEN = `
  const open = require('node:child_process').spawn(process.execPath, process.argv.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  open.stdout.on('data', (address) => {
    fetch(String(address).trim())
      .then(async (page) => console.log(page.status, /<title>telltale/.test(await page.text())))
      .catch((error) => console.log(error.cause.code))
      .finally(() => open.kill('SIGINT'));
  });
  open.on('close', (status) => console.log(status));
`;

/** Commands that do something, with all of their words. */
function leavesOf(
  command: ReturnType<typeof createProgram>,
  words: readonly string[] = [],
): string[] {
  if (command.commands.length === 0) return [words.join(' ')];
  return command.commands.flatMap((one) => leavesOf(one, [...words, one.name()]));
}

it('every command has a case', async () => {
  const commands = [...(await loadAllCommands()), ...(await loadCommands(['jobs']))];
  const run = cases.flatMap(({ line, starts = '' }) => [line, starts]);
  const isRun = (leaf: string): boolean => run.some((line) => `${line} `.startsWith(`${leaf} `));
  const without = leavesOf(createProgram(commands)).filter((leaf) => !isRun(leaf));
  expect(without).toEqual(['open']); // below
});

describe.skipIf(!isAllowed)('in isolation (skipped where unshare or strace may not run)', () => {
  beforeAll(async () => {
    for (let i = 0; i < 24; i++) {
      const folder = at('faces', i < 18 ? 'train' : 'validation', ['angry', 'happy'][i % 2]!);
      mkdirSync(folder, { recursive: true });
      const gray = (y: number): number => 90 + i + (y < 6 === (i % 2 === 0) ? 90 : 0);
      const data = Uint8Array.from({ length: 144 }, (_, k) => gray(Math.floor(k / 12)));
      await sharp(data, { raw: { width: 12, height: 12, channels: 1 } })
        .jpeg()
        .toFile(join(folder, `${i}.jpg`));
    }
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

  /** Fails on everything that a run may not do. */
  function expectPrivate({ connections, written }: Trace, out = ''): void {
    expect(connections).toEqual([]);
    const isAllowed = (path: string): boolean =>
      out !== '' && (path === at(out) || path.startsWith(at(`${out}/`)));
    expect(written.filter((path) => !NO_FILES.test(path) && !isAllowed(path))).toEqual([]);
    expect(listing(at('home'))).toEqual([]);
    expect(listing(at('temporary'))).toEqual([]);
  }

  it.each(cases)('telltale $line', ({ line, out, writes = [], starts }) => {
    if (out !== undefined) mkdirSync(at(out), { recursive: true });
    if (line.startsWith('jobs share')) {
      const job = { index: 0, run: at('planned/run'), fold: 0 };
      writeFileSync(at('shared/jobs.jsonl'), `${JSON.stringify(job)}\n`);
    }
    const run = trace([process.execPath, program, ...line.split(' ')]);
    expect([run.status, run.output]).toEqual([0, run.output]);
    expectPrivate(run, out);
    if (out !== undefined) expect(readdirSync(at(out)).sort()).toEqual(writes);
    if (starts !== undefined) expect(run.started.join('\n')).toContain(`telltale.js ${starts}`);
  });

  it('telltale open', async () => {
    // The program and the page beside it, as npm installs them.
    const installed = at('installed/node_modules');
    mkdirSync(join(installed, '@telltale'), { recursive: true });
    for (const name of ['bin', 'dist', 'package.json']) {
      cpSync(join(root, 'packages/cli', name), join(installed, 'telltale', name), { recursive: true }); // prettier-ignore
    }
    for (const name of ['core', 'node', 'figures', 'engine']) {
      symlinkSync(join(root, 'packages', name), join(installed, '@telltale', name));
    }
    symlinkSync(
      join(
        createRequire(join(root, 'packages/cli/')).resolve('@commander-js/extra-typings'),
        '../..',
      ),
      join(installed, '@commander-js'),
    );
    cpSync(join(root, 'packages/app/package.json'), join(installed, '@telltale/app/package.json'));
    symlinkSync(await buildPage(), join(installed, '@telltale/app/dist'));
    const words = [join(installed, 'telltale/bin/telltale.js'), 'open', '--no-browser'];
    const run = trace([process.execPath, '-e', OPEN, ...words]);
    expect(run.output).toMatch(hasLoopback ? /^200 true\n0\n/ : /^[A-Z]+\n0\n/);
    expectPrivate(run);
  });
});
