import { readdir } from 'node:fs/promises';
import path from 'node:path';

/** Returns the names of the owner's commands of the service at `root`, sorted: the files in its `src/commands/`. */
export async function ownCommandsOf(root: string): Promise<string[]> {
  const files = await readdir(path.join(root, 'src', 'commands')).catch(() => []);
  return files
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => path.basename(file, '.ts'))
    .toSorted();
}
