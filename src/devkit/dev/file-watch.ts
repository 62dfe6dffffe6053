import { type FSWatcher, watch } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';

export interface FileWatch {
  /** Resolves to the name of a file that has changed since this was called last. */
  next: () => Promise<string>;
  close: () => void;
}

/** Files of the service's folder that its process reads at its start. */
const single = ['.env', 'package.json', 'tsconfig.json'];

/** Editors write in several steps, and git writes several files: one change ends when so many milliseconds are quiet. */
const quiet = 60;

/** Sees changes below `src/`, and of the files that a service reads at its start. */
export async function watchService(root: string): Promise<FileWatch> {
  const watchers = new Map<string, FSWatcher>();
  let changed: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let tell: ((file: string) => void) | undefined;

  const note = (file: string): void => {
    changed ??= path.relative(root, file);
    clearTimeout(timer);
    timer = setTimeout(deliver, quiet);
  };
  const deliver = (): void => {
    if (changed === undefined || !tell) return;
    tell(changed);
    [changed, tell] = [undefined, undefined];
  };
  const watchFolder = (folder: string, isOfInterest: (name: string) => boolean): void => {
    if (watchers.has(folder)) return;
    try {
      const watcher = watch(folder, (_, name) => {
        if (!name || !isOfInterest(name)) return;
        note(path.join(folder, name));
        if (folder !== root) void watchBelow(path.join(folder, name));
      });
      watcher.on('error', () => forget(folder));
      watchers.set(folder, watcher);
    } catch {
      // it is gone already
    }
  };
  const forget = (folder: string): void => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  /** Folder by folder, which works the same on every system. Safe to repeat. */
  const watchBelow = async (folder: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
    if (!entries) return forget(folder); // a file, or removed
    watchFolder(folder, isCode);
    const folders = entries.filter((entry) => entry.isDirectory());
    await Promise.all(folders.map(({ name }) => watchBelow(path.join(folder, name))));
  };

  watchFolder(root, (name) => single.includes(name));
  await watchBelow(path.join(root, 'src'));
  return {
    next: () =>
      new Promise((resolve) => {
        tell = resolve;
        if (changed !== undefined) note(changed);
      }),
    close: () => {
      clearTimeout(timer);
      for (const folder of watchers.keys()) forget(folder);
    },
  };
}

/** Not what an editor keeps beside a file while it is open. */
const isCode = (name: string): boolean => !/^\.|~$|\.(swp|swx|tmp)$|^\d+$/.test(name);
