import { readdirSync, readFileSync } from 'node:fs';

/** The unit of the times in /proc, which Linux fixes at 100 a second. */
const TICK = 10;

interface ProcessTimes {
  pid: number;
  parent: number;
  /** In ms, including its children that have ended. */
  used: number;
}

/** Returns the CPU time of all processes that this one has started, and of their descendants, in ms. */
export function cpuOfOthers(): number {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => timesOf(name));
  const ours = new Set([process.pid]);
  for (let size = 0; size < ours.size;) {
    size = ours.size;
    for (const { pid, parent } of processes) if (ours.has(parent)) ours.add(pid);
  }
  return processes
    .filter(({ pid }) => pid !== process.pid && ours.has(pid))
    .reduce((sum, { used }) => sum + used, 0);
}

/** See proc_pid_stat(5): the second field, the name in parentheses, may contain spaces. */
function timesOf(name: string): ProcessTimes[] {
  try {
    const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [, parent = 0] = fields;
    const used = fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0) * TICK;
    return [{ pid: Number(name), parent, used }];
  } catch {
    return []; // it has ended meanwhile
  }
}
