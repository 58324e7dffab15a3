/** @file Reads Chromium's trace: what the main thread did, in wall time and CPU time. */

/** Tasks of the page's main thread since the clip was passed to the page, milliseconds, longest first, with what was done in them. */
export function mainTasks(events, { url }) {
  const main = mainThread(events, url);
  const own = events.filter((one) => one.pid === main?.pid && one.tid === main.tid);
  const inside = own.filter((one) => one.ph === 'X' && NAMED.has(one.name));
  const start = own.find(
    (one) => one.name === 'EventDispatch' && one.args?.data?.type === 'change',
  );
  // What resumes after a promise may stand outside of any task of the scheduler.
  const tasks = own.filter(
    (one) =>
      one.ph === 'X' &&
      TASK.test(one.name) &&
      one.dur > 10_000 &&
      one.ts + one.dur >= (start?.ts ?? 0),
  );
  const isInside = (one) =>
    tasks.some(
      (other) => other !== one && other.ts <= one.ts && other.ts + other.dur >= one.ts + one.dur,
    );
  return tasks
    .filter((one) => !isInside(one))
    .map(({ ts, dur, tdur }) => ({
      at: ts / 1000,
      wall: dur / 1000,
      cpu: (tdur ?? dur) / 1000,
      parts: inside
        .filter((one) => one.ts >= ts && one.ts + one.dur <= ts + dur && one.dur > 5000)
        .sort((a, b) => b.dur - a.dur)
        .slice(0, 4)
        .map((one) => `${one.name} ${Math.round(one.dur / 1000)} ms${about(one)}`),
    }))
    .sort((a, b) => b.wall - a.wall);
}

const TASK = /RunTask$|PerformMicrotaskCheckpoint$/;

const NAMED = new Set(
  `FunctionCall EvaluateScript v8.compile v8.compileModule TimerFire EventDispatch Layout UpdateLayoutTree Paint Commit
  PrePaint Layerize ParseHTML MinorGC MajorGC HandlePostMessage RunMicrotasks FireAnimationFrame`.split(
    /\s+/,
  ),
);

function about({ args }) {
  const data = args?.data ?? args?.beginData ?? {};
  const name = data.functionName ?? data.type ?? data.url?.split('/').at(-1) ?? '';
  return name === '' ? '' : ` (${name}${data.lineNumber ? `:${data.lineNumber}` : ''})`;
}

/** The renderer's main thread that loaded the page. */
function mainThread(events, url) {
  const frame = events.find(
    (one) =>
      /TracingStartedIn|CommitLoad|ParseHTML/.test(one.name) &&
      JSON.stringify(one.args).includes(url),
  );
  const renderers = events.filter(
    (one) => one.name === 'thread_name' && one.args?.name === 'CrRendererMain',
  );
  return renderers.find((one) => one.pid === frame?.pid) ?? renderers[0];
}

/**
 * Self time by function of the threads of a name, from the sampling profiler's chunks, most first.
 *
 * @returns `{ total, functions: [name, milliseconds][] }`; `total` leaves out idle time
 */
export function selfTimes(events, thread) {
  const names = new Map(
    events
      .filter((one) => one.name === 'thread_name')
      .map((one) => [`${one.pid}/${one.tid}`, one.args.name]),
  );
  const profiles = new Map();
  for (const { name, id, pid, tid } of events) {
    if (name === 'Profile') profiles.set(`${pid}/${id}`, `${pid}/${tid}`);
  }
  const frames = new Map();
  const times = new Map();
  for (const { name, id, pid, args } of events) {
    if (name !== 'ProfileChunk' || !thread.test(names.get(profiles.get(`${pid}/${id}`)) ?? '')) {
      continue;
    }
    const { cpuProfile = {}, timeDeltas = [] } = args.data;
    for (const { id: node, callFrame } of cpuProfile.nodes ?? []) {
      frames.set(`${pid}/${id}/${node}`, callFrame);
    }
    for (const [i, node] of (cpuProfile.samples ?? []).entries()) {
      const { functionName = '', url = '', lineNumber } = frames.get(`${pid}/${id}/${node}`) ?? {};
      const file = url.split('/').at(-1) ?? '';
      const key =
        `${functionName || 'anonymous'} ${file}${functionName ? '' : `:${lineNumber}`}`.trim();
      times.set(key, (times.get(key) ?? 0) + (timeDeltas[i] ?? 0) / 1000);
    }
  }
  const functions = [...times]
    .filter(([name]) => !/^\((idle|program|root)\)/.test(name))
    .sort((a, b) => b[1] - a[1]);
  return { total: functions.reduce((sum, [, time]) => sum + time, 0), functions };
}
