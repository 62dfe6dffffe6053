import { lstat, readFile } from 'node:fs/promises';
import path from 'node:path';
import { toLf, withLineEndsOf } from '../core/line-ends.ts';
import type { Pristine } from './pristine.ts';
import { withPassword, withoutPassword } from '../core/random-password.ts';
import { UsageError } from '../core/usage-error.ts';

/**
 * The effect of writing one file. `update`: the file is unchanged since an earlier run. `kept` and `deleted`: the user
 * changed or deleted it, and this run generates the same text as the earlier one. `conflict`: the user changed it and the
 * generated text differs now, or we never generated it. `derived`: the same, for a file that a command of the service writes
 * from the code; it stays. `leftover`: an earlier run generated it and this one does not; it stays.
 */
export type Status =
  'create' | 'identical' | 'update' | 'kept' | 'deleted' | 'conflict' | 'derived' | 'leftover';

export interface Change {
  /** Relative to the folder, with `/`. */
  file: string;
  /** The generated text, with LF line endings. */
  text: string;
  /** The text to write: `text` with the line endings and the password of the existing file. */
  written: string;
  status: Status;
}

/**
 * Compares the new files with the existing ones and with those generated before. Writes nothing. Line ends are ignored: git
 * on Windows writes CR LF into a clone by default. Throws a UsageError if a folder is in the place of a file, or a file in
 * that of a folder.
 */
export async function planChanges(
  folder: string,
  files: Map<string, string>,
  pristine: Pristine,
): Promise<Change[]> {
  const written = [...files].map(([file, text]) => planChange(folder, file, text, pristine.get(file)));
  const dropped = [...pristine].filter(([file]) => !files.has(file));
  const leftovers = dropped.map(([file, text]) => planLeftover(folder, file, text));
  const planned = await Promise.all([...written, ...leftovers]);
  return planned.filter((change) => change !== undefined);
}

async function planChange(
  folder: string,
  file: string,
  text: string,
  before: string | undefined,
): Promise<Change> {
  const present = await readPresent(path.join(folder, file));
  const compared = present === undefined ? undefined : withoutPassword(file, toLf(present));
  const whole = withPassword(file, text, present);
  const written = present === undefined ? whole : withLineEndsOf(present, whole);
  return { file, text, written, status: statusOf(text, before, compared) };
}

function statusOf(text: string, before: string | undefined, present: string | undefined): Status {
  if (present === text) return 'identical';
  if (present === undefined) return before === text ? 'deleted' : 'create';
  if (present === before) return 'update';
  return before === text ? 'kept' : 'conflict';
}

async function planLeftover(folder: string, file: string, text: string): Promise<Change | undefined> {
  const present = await readPresent(path.join(folder, file)).catch(() => undefined);
  return present === undefined ? undefined : { file, text, written: text, status: 'leftover' };
}

async function readPresent(file: string): Promise<string | undefined> {
  try {
    const stats = await lstat(file);
    if (stats.isDirectory())
      throw new UsageError(`${file} is a folder, but the generator writes a file there; move the folder`);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof Error)) throw error;
    if ('code' in error && error.code === 'ENOENT') return undefined;
    if ('code' in error && error.code === 'ENOTDIR') {
      throw new UsageError(`${file} cannot be written: a folder above it is a file`);
    }
    throw new UsageError(`cannot read ${file}: ${error.message}`);
  }
}
