import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { shownPath } from '../core/shown-path.ts';
import { printError } from '../core/terminal.ts';
import { distrustOf } from './trust.ts';
import { UsageError } from '../core/usage-error.ts';
import { command } from '../core/version.ts';
import { yoRcFile } from '../core/yo-rc-file.ts';
import { readYoRc, type Remembered } from './yo-rc.ts';

/** The location of the command. */
export interface Place {
  cwd: string;
  /** The nearest workspace at or above `cwd`. */
  workspace?: string;
  /** The generator and answers of `cwd` itself. */
  current?: Remembered;
}

/** A service next to the one being written. */
export interface Sibling {
  folder: string;
  answers: Record<string, unknown>;
}

export type Note = (line: string) => void;

export const printNote: Note = (line) => printError(`${command}: note: ${line}`);

/** Finds the workspace and the generated folder at `cwd`. Files that are not trusted are ignored, and reported to `note`. */
export async function findPlace(cwd: string, note: Note = printNote): Promise<Place> {
  const current = await readTrusted(cwd, { cwd, note });
  const isWorkspace = current?.generator === 'workspace';
  const workspace = isWorkspace ? cwd : await findWorkspace(path.dirname(cwd), { cwd, note });
  return { cwd, ...(current && { current }), ...(workspace && { workspace }) };
}

interface Reader {
  cwd: string;
  note: Note;
}

async function findWorkspace(folder: string, reader: Reader): Promise<string | undefined> {
  const remembered = await readTrusted(folder, reader);
  if (remembered?.generator === 'workspace') return folder;
  const parent = path.dirname(folder);
  return parent === folder ? undefined : findWorkspace(parent, reader);
}

async function readTrusted(folder: string, { cwd, note }: Reader): Promise<Remembered | undefined> {
  const file = path.join(folder, yoRcFile);
  const distrust = await distrustOf(file, cwd);
  if (distrust === undefined) return readYoRc(folder);
  if (distrust !== 'absent') note(`${file} is ignored: ${distrust}`);
  return undefined;
}

/** Returns the folder that contains the service in `folder` and its siblings. */
export function servicesFolder({ cwd, workspace, current }: Place): string {
  if (workspace) return path.join(workspace, 'services');
  return current?.generator === 'service' ? path.dirname(cwd) : cwd;
}

/** The most bytes of all siblings' `.yo-rc.json` together; a thousand services need a quarter of that. */
const maxSiblings = 16 * 2 ** 20;

const sizeOf = async (file: string): Promise<number> => (await lstat(file).catch(() => undefined))?.size ?? 0;

/**
 * A service whose memory cannot be read, such as one in the middle of a merge in git, does not stop the work on the others. The work on
 * the service itself cannot go on.
 */
async function readSibling(
  folder: string,
  reader: Reader,
  target: string | undefined,
): Promise<Remembered | undefined> {
  try {
    return await readTrusted(folder, reader);
  } catch (error) {
    if (!(error instanceof UsageError) || folder === target) throw error;
    reader.note(ignored(folder, error));
    return undefined;
  }
}

/** Returns the note on a service beside this one that a run cannot use. */
export const ignored = (folder: string, { message }: UsageError): string =>
  `${shownPath(folder)} is ignored: ${message}`;

/**
 * Returns the services in a folder, found by their `.yo-rc.json` and sorted by name. An unreadable file is reported to `note`. Throws a
 * UsageError if the files are too large together, or if that of the folder `target` is unreadable.
 */
export async function findSiblings(
  folder: string,
  { cwd, note = printNote, target }: { cwd: string; note?: Note; target?: string | undefined },
): Promise<Sibling[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => path.join(folder, name));
  const siblings: Sibling[] = [];
  let bytes = 0;
  for (const each of folders.toSorted()) {
    const remembered = await readSibling(each, { cwd, note }, target);
    if (!remembered) continue;
    bytes += await sizeOf(path.join(each, yoRcFile));
    if (bytes > maxSiblings)
      throw new UsageError(
        `the services in ${folder} have more than ${maxSiblings} bytes of ${yoRcFile} in all; move some services to another folder`,
      );
    if (remembered.generator === 'service') siblings.push({ folder: each, answers: remembered.answers });
  }
  return siblings;
}
