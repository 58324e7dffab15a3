/**
 * @file A Slurm of one node on this machine, started and ended by a test.
 *
 * Debian's packages slurmctld, slurmd, slurm-client, slurm-wlm-basic-plugins and
 * munge, without systemd: https://slurm.schedmd.com/quickstart_admin.html.
 */
import { execFile, execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const exec = promisify(execFile);
const programs = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'squeue', 'scancel', 'sinfo'];

/** Why there is no Slurm to be had here; `undefined` where there is. */
export function whyNoSlurm(): string | undefined {
  if (process.getuid?.() !== 0) return 'starting Slurm needs root';
  const missing = programs.filter((program) => {
    try {
      execFileSync('sh', ['-c', `PATH=$PATH:/usr/sbin command -v ${program}`], { stdio: 'ignore' });
      return false;
    } catch {
      return true;
    }
  });
  return missing.length > 0 ? `not installed: ${missing.join(', ')}` : undefined;
}

/** A Slurm that runs. */
export interface Slurm {
  /** What programs need in their environment to reach it. */
  readonly environment: Readonly<Record<string, string>>;
  end(): Promise<void>;
}

/** Starts the daemons with all their files below `folder`, and waits until the node is idle. */
export async function startSlurm(folder: string): Promise<Slurm> {
  const path = (name: string): string => join(folder, name);
  for (const name of ['state', 'spool', 'munge']) await mkdir(path(name), { recursive: true });
  await chmod(folder, 0o755);
  await chmod(path('munge'), 0o755);
  await writeFile(path('munge.key'), randomBytes(128), { mode: 0o400 });
  const node = hostname().split('.')[0]!;
  const [controller, daemon] = [17_000, 17_001].map((port) => port + (process.pid % 20_000) * 2);
  await writeFile(
    path('slurm.conf'),
    [
      'ClusterName=telltale',
      `SlurmctldHost=${node}(127.0.0.1)`,
      'SlurmUser=root',
      'SlurmdUser=root',
      `SlurmctldPort=${controller!}`,
      `SlurmdPort=${daemon!}`,
      'AuthType=auth/munge',
      'CredType=cred/munge',
      `AuthInfo=socket=${path('munge/socket')}`,
      'ProctrackType=proctrack/linuxproc',
      'TaskPlugin=task/none',
      'SelectType=select/cons_tres',
      'SelectTypeParameters=CR_CPU',
      'MpiDefault=none',
      'ReturnToService=2',
      'MinJobAge=10',
      `StateSaveLocation=${path('state')}`,
      `SlurmdSpoolDir=${path('spool')}`,
      `SlurmctldPidFile=${path('slurmctld.pid')}`,
      `SlurmdPidFile=${path('slurmd.pid')}`,
      `SlurmctldLogFile=${path('slurmctld.log')}`,
      `SlurmdLogFile=${path('slurmd.log')}`,
      `NodeName=${node} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN`,
      `PartitionName=main Nodes=${node} Default=YES MaxTime=INFINITE State=UP`,
      '',
    ].join('\n'),
  );
  const environment = { SLURM_CONF: path('slurm.conf') };
  const children: ChildProcess[] = [];
  const start = (program: string, words: readonly string[]): void => {
    const env = { ...process.env, ...environment, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };
    children.push(spawn(program, words, { env, stdio: 'ignore' }));
  };
  const end = async (): Promise<void> => {
    for (const child of children.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await Promise.race([gone, sleep(10_000)]);
      child.kill('SIGKILL');
    }
  };
  try {
    start('munged', [
      '--foreground',
      '--force',
      `--key-file=${path('munge.key')}`,
      `--socket=${path('munge/socket')}`,
      `--pid-file=${path('munge/pid')}`,
      `--log-file=${path('munge/log')}`,
      `--seed-file=${path('munge/seed')}`,
    ]);
    await until(async () => {
      await exec('test', ['-S', path('munge/socket')]);
      return true;
    });
    start('slurmctld', ['-D']);
    start('slurmd', ['-D', '-N', node]);
    await until(async () => {
      const env = { ...process.env, ...environment };
      const { stdout } = await exec('sinfo', ['--noheader', '--format=%T'], { env });
      return stdout.trim() === 'idle';
    });
    return { environment, end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  let last: unknown;
  for (let i = 0; i < 240; i++) {
    try {
      if (await isSo()) return;
    } catch (error) {
      last = error;
    }
    await sleep(250);
  }
  throw new Error('Slurm did not come up in a minute', { cause: last });
}
