/** @file Times as text and as ticks of an axis. */

/** Seconds as `0:04.32`, with hours where there are some. */
export function clockOf(seconds: number): string {
  const hundredths = Math.round(Math.max(0, seconds) * 100);
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(hundredths / 6000);
  const rest = `${two(Math.floor(hundredths / 100) % 60)}.${two(hundredths % 100)}`;
  if (minutes < 60) return `${minutes}:${rest}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${rest}`;
}

/** Round numbers for an axis from `start` on, about `count` of them: 1, 2 or 5 times a power of ten apart. */
export function ticksOf(seconds: number, count: number, start = 0): number[] {
  if (!(seconds > 0)) return [start];
  const rough = seconds / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough)!;
  const ticks: number[] = [];
  const first = Math.ceil(start / step - 1e-9);
  for (let i = first; i * step <= (start + seconds) * (1 + 1e-9); i++) {
    ticks.push(Number((i * step).toFixed(6)));
  }
  return ticks;
}
