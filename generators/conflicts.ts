import path from 'node:path';
import { Conflicter, type ConflicterFile } from '@yeoman/conflicter';
import type Generator from 'yeoman-generator';
import type { Change } from './changes.ts';
import { shownPath } from './shown-path.ts';
import { UsageError } from './usage-error.ts';

interface Circumstances {
  force: boolean;
  terminal: boolean;
  folder: string;
  env: Generator['env'];
}

const offeredActions = new Set(['write', 'skip', 'force', 'diff', 'abort']);

/**
 * Decides about every file that somebody changed: `update` writes over it, `conflict` leaves it as it is. With a
 * terminal each is asked about, its difference shown on demand; without one a UsageError names them all.
 */
export async function decideConflicts(changes: Change[], circumstances: Circumstances): Promise<Change[]> {
  const conflicts = changes.filter(({ status }) => status === 'conflict');
  if (conflicts.length === 0) return changes;
  if (!circumstances.force && !circumstances.terminal)
    throw new UsageError(changedByHand(conflicts, circumstances));
  const overwritten = circumstances.force ? new Set(conflicts) : await askEach(conflicts, circumstances);
  return changes.map((change) =>
    overwritten.has(change) ? { ...change, status: 'update' as const } : change,
  );
}

function changedByHand(conflicts: Change[], { folder }: Circumstances): string {
  const names = conflicts.map(({ file }) => file).join(', ');
  const shown = shownPath(folder);
  return `not written over, since changed by hand in ${shown}: ${names}. Give --force, or run in a terminal to be asked`;
}

async function askEach(conflicts: Change[], { folder, env }: Circumstances): Promise<Set<Change>> {
  const conflicter = new Conflicter(env.adapter, {
    cwd: folder,
    customizeActions: (actions) =>
      actions.filter((action) => offeredActions.has(String((action as { value?: unknown }).value))),
  });
  const overwritten = new Set<Change>();
  for (const change of conflicts) {
    const file = env.sharedFs.get(path.join(folder, change.file)) as unknown as ConflicterFile;
    const { conflicter: decision } = await conflicter.checkForCollision(file).catch(stopped);
    if (decision === 'force') overwritten.add(change);
  }
  return overwritten;
}

function stopped(error: Error): never {
  throw error.message.includes('aborted by user') ? new UsageError('stopped: nothing was written') : error;
}
