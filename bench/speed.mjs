/**
 * @file How fast the whole command `telltale analyze` is at 30 and 200 frames per second, 1080p and 4K, on one core and
 * on two, with decoding alone as the floor.
 *
 * `npm run build && node bench/speed.mjs [--long] [rounds] [other checkout]` writes bench/results/speed.md, or with longer
 * clips, of which the start is a small part, bench/results/speed-long.md. With the folder of another checkout that has
 * been built, both alternate within each round, and the ratios are those of the medians. Cores are limited by `taskset`,
 * CPU time is that of all processes. `--profile FOLDER` writes a CPU profile of every process and thread of an analysis
 * at both rates into FOLDER instead, for Chrome's developer tools.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('..', import.meta.url));
const room = mkdtempSync(join(tmpdir(), 'telltale-speed-'));
const programOf = (checkout) => join(checkout, 'packages/cli/bin/telltale.js');

/** The clips: one planted expression and a blink; large ones are enlarged from 640×480 and have borders. */
const CLIPS = [
  { name: '640×480, 30 fps', rate: 30, seconds: 8, long: 60 },
  { name: '640×480, 200 fps', rate: 200, seconds: 4, long: 20 },
  { name: '1920×1080, 60 fps', rate: 60, seconds: 4, long: 10, size: [1920, 1080] },
  { name: '3840×2160, 30 fps', rate: 30, seconds: 3, long: 8, size: [3840, 2160] },
];

/** Reads a clip to its end without looking at a pixel; a file, because `-e` would be passed on to its processes. */
const DECODE = `const { openClip } = await import(process.argv[2]);
const clip = await openClip(process.argv[3]);
for await (const frame of clip.frames()) void frame;
await clip.close();`;

function makeClip({ rate, seconds, size }) {
  const small = join(room, `small-${rate}-${seconds}.mp4`);
  const planted = ['--amplitude', '1.5', '--blink', '--seed', '2'];
  const shape = ['--seconds', String(seconds), '--rate', String(rate), '--out', small];
  execFileSync(process.execPath, [programOf(here), 'synth', 'clip', ...planted, ...shape], { stdio: 'ignore' }); // prettier-ignore
  if (size === undefined) return small;
  const [width, height] = size;
  const large = join(room, `${width}-${rate}.mp4`);
  const filter = `scale=-2:${height},pad=${width}:${height}:(ow-iw)/2:0`;
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', small, '-vf', filter, '-crf', '18', large]);
  return large;
}

/** Elapsed seconds and CPU seconds of a program on the first cores. */
function run(cores, words) {
  const pinned = ['-c', cores === 1 ? '0' : `0-${cores - 1}`, '/usr/bin/time', '-f', '%e %U %S'];
  const line = [...pinned, process.execPath, ...words];
  const { stderr, status } = spawnSync('taskset', line, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const [wall, user, system] = stderr.trim().split('\n').pop().split(' ').map(Number);
  return { wall, cpu: user + system };
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const medians = (all) => ({
  wall: median(all.map(({ wall }) => wall)),
  cpu: median(all.map(({ cpu }) => cpu)),
});

function measure(clips, rounds, checkouts) {
  const decoding = join(room, 'decode.mjs');
  writeFileSync(decoding, DECODE);
  const rows = [];
  for (const clip of clips) {
    const path = makeClip(clip);
    const frames = clip.rate * clip.seconds;
    for (const cores of [1, 2]) {
      const times = new Map(['decode', ...checkouts].map((name) => [name, []]));
      for (let round = 0; round < rounds; round++) {
        const door = new URL('../packages/node/dist/index.js', import.meta.url).href;
        times.get('decode').push(run(cores, [decoding, door, path]));
        for (const checkout of checkouts) {
          const out = join(room, `report-${rows.length}-${round}-${checkouts.indexOf(checkout)}`);
          times
            .get(checkout)
            .push(run(cores, [programOf(checkout), 'analyze', path, '--out', out]));
        }
      }
      const [decode, now, before] = [...times.values()].map(medians);
      const perFrame = ({ cpu }) => ((1000 * cpu) / frames).toFixed(1);
      const ratio = before === undefined ? ['', ''] : [(now.wall / before.wall).toFixed(2), (now.cpu / before.cpu).toFixed(2)]; // prettier-ignore
      const cells = [
        clip.name,
        cores,
        frames,
        perFrame(decode),
        perFrame(now),
        now.wall.toFixed(1),
      ];
      rows.push([...cells, `${(clip.seconds / now.wall).toFixed(2)}×`, ...ratio]);
      console.log(rows.at(-1).join(' | '));
    }
  }
  return rows;
}

const isLong = process.argv[2] === '--long';
const words = process.argv.slice(isLong ? 3 : 2);
try {
  if (words[0] === '--profile') {
    for (const clip of CLIPS.slice(0, 2)) {
      const flags = ['--cpu-prof', `--cpu-prof-dir=${join(resolve(words[1]), String(clip.rate))}`];
      const line = ['analyze', makeClip(clip), '--out', join(room, `report-${clip.rate}`)];
      execFileSync(process.execPath, [...flags, programOf(here), ...line], { stdio: 'inherit' });
    }
  } else {
    const rounds = Number(words[0] ?? 3);
    const clips = CLIPS.map((clip) => (isLong ? { ...clip, seconds: clip.long } : clip));
    const rows = measure(clips, rounds, [here, ...words.slice(1).map((folder) => resolve(folder))]);
    writeFileSync(
      join(here, `bench/results/speed${isLong ? '-long' : ''}.md`),
      `# Speed of the whole command

Made by \`node bench/speed.mjs${isLong ? ' --long' : ''}\`, median of ${rounds} rounds, on Node ${process.version}, ${cpus().length} × ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)} at the end. Start and opening of the networks are included. Ratios are to another checkout, measured in the same rounds.

| clip | cores | frames | decoding alone, CPU ms a frame | analyze, CPU ms a frame | elapsed, s | real time | elapsed, ratio | CPU, ratio |
|---|---|---|---|---|---|---|---|---|
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}
`,
    );
  }
} finally {
  rmSync(room, { recursive: true, force: true });
}
