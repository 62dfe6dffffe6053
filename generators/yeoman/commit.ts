import type Generator from 'yeoman-generator';
import { pendingFiles } from './memory.ts';

type Environment = Generator['env'];

/** Writes the folder of one generator. */
type Write = () => Promise<void>;

const writes = new WeakMap<Environment, Write[]>();

/**
 * Adds `write` to the writing of the environment, which begins after every generator of it has decided about its conflicts.
 * Returns the task that writes for all of them to the first generator, undefined to the others: Yeoman has one such task.
 */
export function joinCommit(environment: Environment, write: Write): Write | undefined {
  const joined = writes.get(environment);
  if (joined) {
    joined.push(write);
    return undefined;
  }
  const first = [write];
  writes.set(environment, first);
  return () => commit(environment, first);
}

async function commit(environment: Environment, all: Write[]): Promise<void> {
  for (const write of all) await write();
  if (pendingFiles(environment.sharedFs).length === 0) return;
  // Files elsewhere, which other people's generators wrote: Yeoman's own rules hold for these.
  const { commitSharedFsTask } = await import('yeoman-environment');
  await commitSharedFsTask(environment as unknown as Parameters<typeof commitSharedFsTask>[0]);
}
