import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { readYoRc, type Remembered } from './yo-rc.ts';

/** Where the command runs. */
export interface Place {
  cwd: string;
  /** The nearest workspace that holds `cwd`. */
  workspace?: string;
  /** What generated `cwd` itself. */
  current?: Remembered;
}

/** A service beside the one that is being written. */
export interface Sibling {
  folder: string;
  answers: Record<string, unknown>;
}

export async function findPlace(cwd: string): Promise<Place> {
  const [current, workspace] = await Promise.all([readYoRc(cwd), findWorkspace(cwd)]);
  return { cwd, ...(current && { current }), ...(workspace && { workspace }) };
}

async function findWorkspace(folder: string): Promise<string | undefined> {
  const remembered = await readYoRc(folder);
  if (remembered?.generator === 'workspace') return folder;
  const parent = path.dirname(folder);
  return parent === folder ? undefined : findWorkspace(parent);
}

/** The folder that holds the service in `folder` and its siblings. */
export function servicesFolder({ cwd, workspace, current }: Place): string {
  if (workspace) return path.join(workspace, 'services');
  return current?.generator === 'service' ? path.dirname(cwd) : cwd;
}

/** The services in a folder, by their `.yo-rc.json`, in the order of their names. */
export async function findSiblings(folder: string): Promise<Sibling[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => path.join(folder, name));
  const found = await Promise.all(
    folders.toSorted().map(async (each) => ({ folder: each, rc: await readYoRc(each) })),
  );
  return found.flatMap(({ folder: each, rc }) =>
    rc?.generator === 'service' ? [{ folder: each, answers: rc.answers }] : [],
  );
}
