/**
 * @file Whether standard output was closed where the program was started (`telltale … >&-`).
 *
 * Node opens `/dev/null` for reading and writing in place of a stream that is closed, before any code of a program runs.
 * An output that another program than a shell ignores looks the same (`subprocess.DEVNULL` of Python,
 * `stdio: 'ignore'` of Node, systemd). A shell opens `> /dev/null` for writing only, and a shell that was itself started
 * with such a stream has it: what is left was closed.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import process from 'node:process';

const NULL = '/dev/null';
/** Names of shells, as the system has them. */
const SHELLS = new Set(
  'sh ash bash dash busybox fish ksh ksh93 mksh oksh pdksh posh rbash yash zsh'.split(' '),
);
/** The two lowest bits of the flags of an open file. */
const ACCESS = 0o3;
const READ_AND_WRITE = 0o2;

/** Whether standard output was closed when this process began. False where that cannot be known: on other systems. */
export function isOutputClosed(): boolean {
  if (process.platform !== 'linux') return false;
  try {
    // A daemon has all three streams like this, and its errors are not read.
    if (!isNullForBoth('self', '1') || (isNullForBoth('self', '0') && isNullForBoth('self', '2'))) {
      return false;
    }
    // An orphan is a child of the first process, which may be a shell in a container.
    if (process.ppid <= 1 || !SHELLS.has(textOf(process.ppid, 'comm').trim())) return false;
    return !isOutputIgnored(process.ppid);
  } catch {
    return false; // no /proc, or nothing of another user's process can be read
  }
}

/** Whether a shell passes on an output that is ignored: its own, or one that it was given as another stream. */
function isOutputIgnored(shell: number): boolean {
  const descriptors = readdirSync(`/proc/${shell}/fd`);
  return descriptors.some((one) =>
    one === '1' ? targetOf(shell, one) === NULL : isNullForBoth(shell, one),
  );
}

/** Whether a stream of a process is `/dev/null`, opened for reading and writing. */
function isNullForBoth(owner: number | 'self', descriptor: string): boolean {
  if (targetOf(owner, descriptor) !== NULL) return false;
  const [, flags] = /^flags:\s*([0-7]+)$/m.exec(textOf(owner, `fdinfo/${descriptor}`)) ?? [];
  return flags !== undefined && (parseInt(flags, 8) & ACCESS) === READ_AND_WRITE;
}

/** What a stream of a process is; undefined where it was closed meanwhile. */
function targetOf(owner: number | 'self', descriptor: string): string | undefined {
  try {
    return readlinkSync(`/proc/${owner}/fd/${descriptor}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const textOf = (owner: number | 'self', file: string): string =>
  readFileSync(`/proc/${owner}/${file}`, 'latin1');
