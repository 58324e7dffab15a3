/**
 * Makes a fresh clone ready: packages, build, and with `--test` the system
 * programs that tests use. Does nothing where nothing is missing.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Node ${process.versions.node} is too old: telltale needs Node 20.19 or newer.`);
}
process.chdir(new URL('..', import.meta.url).pathname);

const lock = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex');
const stamp = 'node_modules/.telltale-lock';
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  say('installing packages (once)');
  // Not `npm ci`: it refuses a lock file that lacks optional binaries of other platforms,
  // which a registry mirror may not have. This follows the lock file, and does not write it.
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  run('npm', ['install', '--no-save', '--ignore-scripts', ...quiet]);
  writeFileSync(stamp, lock);
}
say('building');
run(process.execPath, ['node_modules/typescript/bin/tsc', '-b']);

if (process.argv.includes('--test')) {
  const wanted = {
    chromium: 'chromium',
    ffmpeg: 'ffmpeg',
    munged: 'munge',
    sbatch: 'slurm-client',
    slurmctld: 'slurmctld',
    slurmd: 'slurmd',
  };
  const missing = Object.keys(wanted).filter((program) => !has(program));
  if (missing.length > 0 && has('apt-get') && process.getuid?.() === 0) {
    say(`installing ${missing.join(', ')} from the system's packages`);
    const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
    spawnSync('apt-get', ['update', '-q'], { stdio: 'ignore', ...options });
    spawnSync(
      'apt-get',
      ['install', '-y', '-q', '--no-install-recommends', ...missing.map((p) => wanted[p])],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
        ...options,
      },
    );
  }
  for (const program of Object.keys(wanted)) {
    if (!has(program))
      say(`${program} is not installed: the tests that need it will be skipped by name`);
  }
}

function has(program) {
  return spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0;
}

function run(program, args) {
  const { status } = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) fail(`${program} ${args.join(' ')} ended with ${status}`);
}

function say(text) {
  process.stderr.write(`setup: ${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}
