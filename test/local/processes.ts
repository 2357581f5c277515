import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** One letter; Z has ended already. */
  readonly state: string;
}

/** All processes: from /proc on Linux, where slim images have no `ps`; from `ps` elsewhere. */
export function processes(): ProcessEntry[] {
  return (process.platform === 'linux' ? fromProc() : fromPs()).map(([pid, parent, group, state]) => ({
    pid: Number(pid),
    parent: Number(parent),
    group: Number(group),
    state: state ?? '',
  }));
}

/** `man 5 proc_pid_stat`: pid (name) state ppid pgrp; the name may hold anything, so what counts stands after its last bracket. */
function fromProc(): string[][] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const [state = '', parent = '', group = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return [[pid, parent, group, state]];
      } catch {
        return []; // It has ended meanwhile.
      }
    });
}

function fromPs(): string[][] {
  const table = execFileSync('ps', ['-e', '-o', 'pid=,ppid=,pgid=,stat='], { encoding: 'utf8' });
  return table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
}

/** Every process below this one. */
export function descendants(pid: number): number[] {
  const children = processes()
    .filter(({ parent, state }) => parent === pid && !state.startsWith('Z'))
    .map((child) => child.pid);
  return [...children, ...children.flatMap(descendants)];
}

/** Waits for a condition that another process brings about. */
export async function eventually(condition: () => boolean | Promise<boolean>, timeout = 10_000): Promise<void> {
  const deadline = Date.now() + timeout;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not so within ${timeout} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
