import path from 'node:path';
import type { ConflicterFile } from '@yeoman/conflicter';
import type Generator from 'yeoman-generator';
import type { Change, Status } from './changes.ts';
import { shownFolder } from '../core/shown-path.ts';
import { UsageError } from '../core/usage-error.ts';

interface Circumstances {
  force: boolean;
  terminal: boolean;
  folder: string;
  env: Generator['env'];
}

const offeredActions = new Set(['write', 'skip', 'force', 'diff', 'abort']);

/**
 * Decides about every file that the user changed: `update` overwrites it, `conflict` leaves it unchanged. With a terminal, it
 * asks about each one and shows the difference on request; without one, a UsageError names them all. With `force`, every file
 * is overwritten, and deleted ones are written again.
 */
export async function decideConflicts(changes: Change[], circumstances: Circumstances): Promise<Change[]> {
  if (circumstances.force) return changes.map(overwritten);
  const conflicts = changes.filter(({ status }) => status === 'conflict');
  if (conflicts.length === 0) return changes;
  if (!circumstances.terminal) throw new UsageError(changedByHand(conflicts, circumstances));
  const chosen = await askEach(conflicts, circumstances);
  return changes.map((change) => (chosen.has(change) ? overwritten(change) : change));
}

const byForce: Partial<Record<Status, Status>> = {
  conflict: 'update',
  derived: 'update',
  kept: 'update',
  deleted: 'create',
};

const overwritten = (change: Change): Change => ({
  ...change,
  status: byForce[change.status] ?? change.status,
});

function changedByHand(conflicts: Change[], { folder }: Circumstances): string {
  const names = conflicts.map(({ file }) => file).join(', ');
  const shown = shownFolder(folder);
  return `these files in ${shown} were changed by hand and are not overwritten: ${names}. Add --force, or run in a terminal to decide for each file`;
}

async function askEach(conflicts: Change[], { folder, env }: Circumstances): Promise<Set<Change>> {
  const { Conflicter } = await import('@yeoman/conflicter');
  const conflicter = new Conflicter(env.adapter, {
    cwd: folder,
    customizeActions: (actions) =>
      actions.filter((action) => offeredActions.has(String((action as { value?: unknown }).value))),
  });
  const chosen = new Set<Change>();
  for (const change of conflicts) {
    const file = env.sharedFs.get(path.join(folder, change.file)) as unknown as ConflicterFile;
    file.contents = Buffer.from(change.written);
    const { conflicter: decision } = await conflicter.checkForCollision(file).catch(stopped);
    if (decision === 'force') chosen.add(change);
  }
  return chosen;
}

function stopped(error: Error): never {
  throw error.message.includes('aborted by user') ? new UsageError('stopped; nothing was written') : error;
}
