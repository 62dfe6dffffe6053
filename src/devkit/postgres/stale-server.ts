import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { commandLine } from '../processes/command-line.ts';

/** How long a server that is going down may still hold its data directory. */
const patience = 5_000;

/**
 * Waits until no server uses the data directory and removes what a killed one left behind. PostgreSQL itself would refuse
 * to start when its old process id now belongs to another program. Throws when a server stays.
 */
export async function clearStaleServer(directory: string): Promise<void> {
  const file = path.join(directory, 'postmaster.pid');
  const deadline = Date.now() + patience;
  for (;;) {
    const [pid, , , port] = (await readFile(file, 'utf8').catch(() => '')).split('\n');
    if (!pid) return;
    if (!(await isServer(Number(pid), directory))) return rm(file, { force: true });
    if (Date.now() > deadline) {
      throw new Error(
        `Another PostgreSQL (process ${pid}, port ${port}) uses ${directory}. End the program that started it, and try again.`,
      );
    }
    await delay(50);
  }
}

async function isServer(pid: number, directory: string): Promise<boolean> {
  return (await commandLine(pid)).includes(directory);
}
