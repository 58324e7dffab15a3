/** @file Where the values of a network lie in the memory of its kernels: constants, and maps that take turns in one room. */

/** A value of the network; `at` is its place, a byte offset, from when the memory has been laid out. */
export interface Value {
  /** In floating-point numbers. */
  readonly size: number;
  at: number;
}

/** One computation: which values it reads, which it makes, and how. */
export interface Step {
  readonly reads: readonly Value[];
  readonly makes: Value;
  readonly run: () => void;
}

interface Room {
  readonly at: number;
  readonly bytes: number;
}

/** Places are multiples of the length of a vector. */
const ALIGNMENT = 16;

const bytesOf = ({ size }: Value): number => Math.ceil((4 * size) / ALIGNMENT) * ALIGNMENT;

/**
 * Gives every value a place: `fixed` ones one of their own, those that steps make where no value lies that is still read.
 * So a map is written where the CPU's cache has just been read from.
 *
 * @param from - the first free byte
 * @param kept - values that are read after the last step
 * @returns the first byte behind all of them
 */
export function layOutMemory(
  from: number,
  fixed: readonly Value[],
  steps: readonly Step[],
  kept: readonly Value[],
): number {
  let end = from;
  for (const value of fixed) {
    value.at = end;
    end += bytesOf(value);
  }
  const lastRead = new Map<Value, number>();
  for (const [i, { reads }] of steps.entries()) for (const value of reads) lastRead.set(value, i);
  for (const value of kept) lastRead.set(value, Infinity);

  let free: Room[] = [];
  for (const [i, { reads, makes }] of steps.entries()) {
    const bytes = bytesOf(makes);
    const fitting = free.filter((room) => room.bytes >= bytes);
    const [room] = fitting.sort((a, b) => a.bytes - b.bytes);
    makes.at = room?.at ?? end;
    if (room === undefined) end += bytes;
    else {
      free = free.filter((other) => other !== room);
      if (room.bytes > bytes) free.push({ at: room.at + bytes, bytes: room.bytes - bytes });
    }
    for (const value of new Set(reads)) {
      if (lastRead.get(value) !== i || fixed.includes(value)) continue;
      free = joined([...free, { at: value.at, bytes: bytesOf(value) }]);
    }
  }
  return end;
}

/** Neighboring rooms as one. */
function joined(rooms: readonly Room[]): Room[] {
  const result: Room[] = [];
  for (const room of [...rooms].sort((a, b) => a.at - b.at)) {
    const last = result.at(-1);
    if (last !== undefined && last.at + last.bytes === room.at) {
      result[result.length - 1] = { at: last.at, bytes: last.bytes + room.bytes };
    } else result.push(room);
  }
  return result;
}
