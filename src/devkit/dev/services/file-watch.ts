import { type FSWatcher, existsSync, watch } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, errorMessage } from '../../errors.ts';

export interface FileWatch {
  /** Resolves to the names of the files that changed since the last call. */
  next: () => Promise<string[]>;
  close: () => void;
}

/** Files of the service's folder that its process reads when it starts. */
const single = ['.env', 'package.json', 'tsconfig.json'];

/**
 * Editors save in several steps, and git writes several files. A change is complete after this many ms without another one,
 * or after the limit.
 */
const quiet = 60;
const longest = 400;

/** Watches `src/`, `migrations/` and the files that a service reads when it starts. `say` receives the folders that cannot be watched. */
export async function watchService(root: string, say: (line: string) => void): Promise<FileWatch> {
  const watchers = new Map<string, FSWatcher>();
  /** Everything that existed when it was last looked at. */
  const known = new Set(single);
  let changed = new Set<string>();
  let since = 0;
  let timer: NodeJS.Timeout | undefined;
  let tell: ((files: string[]) => void) | undefined;

  const note = (file: string): void => {
    if (changed.size === 0) since = performance.now();
    changed.add(path.relative(root, file));
    if (performance.now() - since > longest) return deliver();
    clearTimeout(timer);
    timer = setTimeout(deliver, quiet);
  };
  const deliver = (): void => {
    if (!tell) return;
    const files = [...changed].filter(isNews);
    changed = new Set();
    if (files.length === 0) return;
    tell(files);
    tell = undefined;
  };
  /** An editor may write a new file under a name of its own, and rename it: that name was not there before and after. */
  const isNews = (file: string): boolean => {
    if (!existsSync(path.join(root, file))) return known.delete(file);
    known.add(file);
    return true;
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
    } catch (error) {
      // a folder that is already gone has nothing to watch
      if (errorCode(error) !== 'ENOENT') say(`Cannot watch ${folder} for changes: ${errorMessage(error)}`);
    }
  };
  const forget = (folder: string): void => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  /** Folder by folder, which works the same on every system. Ignores files. Safe to repeat. */
  const watchBelow = async (folder: string): Promise<void> => {
    const isFolder = await stat(folder).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (!isFolder) return forget(folder);
    watchFolder(folder, isCode); // before reading its entries, so no new entry is missed
    const names = await readdir(folder).catch(() => []);
    for (const name of names) known.add(path.relative(root, path.join(folder, name)));
    await Promise.all(names.map((name) => watchBelow(path.join(folder, name))));
  };

  watchFolder(root, (name) => single.includes(name));
  await Promise.all(['src', 'migrations'].map((name) => watchBelow(path.join(root, name))));
  return {
    next: () =>
      new Promise((resolve) => {
        tell = resolve;
        if (changed.size > 0) deliver();
      }),
    close: () => {
      clearTimeout(timer);
      for (const folder of watchers.keys()) forget(folder);
    },
  };
}

/** Ignores the files that an editor keeps next to an open file. */
const isCode = (name: string): boolean => !/^\.|~$|\.(swp|swx|tmp)$|^\d+$/.test(name);
