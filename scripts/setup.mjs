/**
 * Prepares a fresh clone: npm packages, build, and with `--test` the system programs that tests use. Does nothing
 * where nothing is missing.
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
  log('installing packages (once)');
  // Not `npm ci`: it refuses a lock file that lacks optional binaries of other platforms,
  // which a registry mirror may not have. This follows the lock file, and does not write it.
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  run('npm', ['install', '--no-save', '--ignore-scripts', ...quiet]);
  writeFileSync(stamp, lock);
}
log('building');
run(process.execPath, ['node_modules/typescript/bin/tsc', '-b']);

if (process.argv.includes('--test')) {
  // The page's second decoder is under the GPL: no part of a default installation, and tested all the same.
  const { peerDependencies } = JSON.parse(readFileSync('packages/app/package.json', 'utf8'));
  for (const [name, version] of Object.entries(peerDependencies)) {
    if (existsSync(`node_modules/${name}`)) continue;
    const words = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    run('npm', ['install', ...words, `${name}@${version}`]);
  }
  /** Debian packages by the program that shows that they are installed, or a module of Python. */
  const required = {
    chromium: ['chromium'],
    'firefox-esr': ['firefox-esr'],
    WebKitWebDriver: ['webkit2gtk-driver', 'gstreamer1.0-libav', 'gstreamer1.0-plugins-bad'],
    Xvfb: ['xvfb'],
    ffmpeg: ['ffmpeg'],
    munged: ['munge'],
    pdftoppm: ['poppler-utils'],
    praat: ['praat'],
    python3: ['python3'],
    '/usr/bin/python3 -c "import pandas, openpyxl"': ['python3-pandas', 'python3-openpyxl'],
    Rscript: ['r-base-core', 'r-cran-jsonlite'],
    sbatch: ['slurm-client'],
    slurmctld: ['slurmctld'],
    slurmd: ['slurmd'],
    strace: ['strace'],
  };
  const missing = Object.keys(required).filter((program) => !has(program));
  if (missing.length > 0 && has('apt-get') && process.getuid?.() === 0) {
    log(`installing ${missing.join(', ')} from the system's packages`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const words = ['-y', '-q', '--no-install-recommends'];
    const packages = missing.flatMap((program) => required[program]);
    spawnSync('apt-get', ['update', '-q'], { stdio: 'ignore', env });
    spawnSync('apt-get', ['install', ...words, ...packages], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env,
    });
  }
  for (const program of Object.keys(required)) {
    if (!has(program)) log(`${program} is not there: tests that need it are skipped by name`);
  }
}

function has(program) {
  const command = program.includes(' ') ? program : `command -v ${program}`;
  return spawnSync('sh', ['-c', command], { stdio: 'ignore' }).status === 0;
}

function run(program, args) {
  const { status } = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) fail(`${program} ${args.join(' ')} ended with ${status}`);
}

function log(text) {
  process.stderr.write(`setup: ${text}\n`);
}

function fail(text) {
  log(text);
  process.exit(1);
}
