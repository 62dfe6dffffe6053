import { readFile, readdir, readlink } from 'node:fs/promises';

/** A process and all its descendants (Linux). */
export async function processTree(pid: number): Promise<number[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const parents = await Promise.all(ids.map(async (id) => [Number(id), await parentOf(id)] as const));
  const tree = [pid];
  for (const one of tree) tree.push(...parents.filter(([, parent]) => parent === one).map(([id]) => id));
  return tree;
}

/** Sends a signal to a process, or to a group (a negative id), which may have ended meanwhile: the end of one makes others end. */
export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** The processes whose working directory lies in `folder` (Linux). */
export async function processesIn(folder: string): Promise<number[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const places = await Promise.all(
    ids.map(async (id) => [id, await readlink(`/proc/${id}/cwd`).catch(() => '')] as const),
  );
  return places.filter(([, place]) => place.startsWith(folder)).map(([id]) => Number(id));
}

/** The fourth field of proc_pid_stat(5), counted after the name, which may hold blanks. */
async function parentOf(pid: string): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return Number(/\) \S (\d+)/.exec(text)?.[1]);
}
