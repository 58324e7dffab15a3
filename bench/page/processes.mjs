/** @file What Chromium's processes and threads take, from /proc: memory shared fairly, CPU time by thread. */
import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks per second of /proc on Linux, everywhere where Node runs. */
const TICKS = 100;

const read = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it ended in the meantime
  }
};

/** Parent of a process; the name in brackets may hold anything, even brackets. */
function parentOf(pid) {
  const text = read(`/proc/${pid}/stat`);
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
}

/** A process and everything that it started. */
export function familyOf(root) {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), parentOf(name)]),
  );
  const isKin = (pid) => {
    for (let one = pid; one > 1; one = parents.get(one) ?? 0) if (one === root) return true;
    return false;
  };
  return [...parents.keys()].filter(isKin);
}

/** Bytes of memory of a process and everything it started: PSS, which counts what is shared once. */
export function memoryOf(root) {
  let sum = 0;
  for (const pid of familyOf(root)) {
    sum += 1024 * Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
  }
  return sum;
}

/** CPU seconds so far of every thread: `Map` from `process/thread` to name and seconds. */
export function threadTimes(root) {
  const threads = new Map();
  for (const pid of familyOf(root)) {
    let ids = [];
    try {
      ids = readdirSync(`/proc/${pid}/task`);
    } catch {
      continue;
    }
    for (const id of ids) {
      const text = read(`/proc/${pid}/task/${id}/stat`);
      const end = text.lastIndexOf(')');
      if (end < 0) continue;
      const name = text.slice(text.indexOf('(') + 1, end);
      const [user, system] = text
        .slice(end + 2)
        .split(' ')
        .slice(11, 13)
        .map(Number);
      threads.set(`${pid}/${id}`, { name, seconds: (user + system) / TICKS });
    }
  }
  return threads;
}

/** CPU seconds between two samples, most first: `[name, seconds]`. */
export function spentBetween(before, after) {
  return [...after]
    .map(([id, { name, seconds }]) => [name, seconds - (before.get(id)?.seconds ?? 0)])
    .filter(([, seconds]) => seconds >= 0.05)
    .sort((a, b) => b[1] - a[1]);
}
