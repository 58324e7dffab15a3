/**
 * @file How long a run of `telltale analyze --launcher slurm` takes on a cluster, by a simulation of its queue: an array
 * of tasks, each with a share of the clips; nodes that fail; tasks that Slurm starts again and that skip what is done.
 *
 *     node bench/queue.mjs > bench/results/queue.md
 *
 * The cost of a second of video is that of bench/results/analyze.md. Nothing here runs telltale.
 */

/** CPU seconds for a second of video: 36.9 ms for each frame of 640 × 480 pixels (bench/results/analyze.md). */
const perFrame = 0.0369;
/** Seconds that a process needs to open its models. */
const opening = 3;
/** Seconds until Slurm starts a task again. */
const requeue = 120;
/** Tasks of an array where an administrator changed nothing, and clips that are worth one: `jobs/slurm.ts`, `analyze/many.ts`. */
const mostTasks = 1000;
const perTask = 4;

/** Seeded uniform numbers (mulberry32). @param {number} seed */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * One run.
 *
 * @param {{ hours: number, minutes: number, rate: number, cores: number, failure: number, seed?: number }} plan
 *   hours of video, mean minutes of a recording (exponential, at least one), frames per second, tasks at a time, failures
 *   of a task's node per hour
 */
export function simulate({ hours, minutes, rate, cores, failure, seed = 1 }) {
  const uniform = random(seed);
  const exponential = (mean) => -mean * Math.log(1 - uniform());
  const clips = [];
  for (let total = 0; total < 3600 * hours;) {
    const seconds = Math.max(60, exponential(60 * minutes));
    clips.push(seconds * rate * perFrame);
    total += seconds;
  }
  const count = Math.min(mostTasks, Math.ceil(clips.length / perTask));
  const shares = Array.from({ length: count }, (_, task) =>
    clips.filter((_, i) => i % count === task),
  );
  // Cores take the next task as soon as they are free.
  const free = Array.from({ length: Math.min(cores, count) }, () => 0);
  let [used, lost, failures, end] = [0, 0, 0, 0];
  for (const share of shares) {
    const core = free.indexOf(Math.min(...free));
    let now = free[core] + opening;
    for (const work of share) {
      for (;;) {
        const until = failure > 0 ? exponential(3600 / failure) : Infinity;
        if (until >= work) break;
        // The clip that was under way is lost; clips before it are done.
        failures += 1;
        lost += until;
        now += until + requeue + opening;
      }
      now += work;
      used += work;
    }
    free[core] = now;
    end = Math.max(end, now);
  }
  return {
    clips: clips.length,
    tasks: count,
    used: used / 3600,
    lost: lost / 3600,
    failures,
    wall: end / 3600,
  };
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const rows = [
    { hours: 10_000, minutes: 30, rate: 30, cores: 100, failure: 0 },
    { hours: 10_000, minutes: 30, rate: 30, cores: 500, failure: 0 },
    { hours: 10_000, minutes: 30, rate: 30, cores: 500, failure: 0.01 },
    { hours: 10_000, minutes: 30, rate: 30, cores: 500, failure: 0.1 },
    { hours: 10_000, minutes: 2, rate: 30, cores: 500, failure: 0.01 },
    { hours: 10_000, minutes: 240, rate: 30, cores: 500, failure: 0.01 },
    { hours: 10_000, minutes: 240, rate: 30, cores: 500, failure: 0.1 },
  ];
  console.log(`# 10,000 hours of video on a cluster, simulated

Made by \`node bench/queue.mjs\`. Recordings have exponential lengths; a core is a task of the job array; failures are of a
task's node, per hour. ${(1000 * perFrame).toFixed(1)} ms of one core for a frame (bench/results/analyze.md).

| mean recording, min | cores | failures per hour | recordings | tasks | core hours | lost core hours | failures | wall hours |
|---|---|---|---|---|---|---|---|---|`);
  for (const plan of rows) {
    const one = simulate(plan);
    const short = (value) =>
      value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en');
    console.log(
      `| ${plan.minutes} | ${plan.cores} | ${plan.failure} | ${one.clips.toLocaleString('en')} | ${one.tasks} | ${short(one.used)} | ${short(one.lost)} | ${one.failures} | ${short(one.wall)} |`,
    );
  }
}
