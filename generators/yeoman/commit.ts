import type Generator from 'yeoman-generator';
import { pendingFiles } from './memory.ts';

type Environment = Generator['env'];

/** Writes the folder of one generator. */
type Write = () => Promise<void>;

const writes = new WeakMap<Environment, Write[]>();

/**
 * Adds `write` to the writes of the environment, which run after all of its generators have resolved their conflicts. Yeoman
 * accepts one such task: the first call returns the task that runs all writes, and later calls return undefined.
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
  // Yeoman writes the files of other generators outside of our folders, by its own rules.
  const { commitSharedFsTask } = await import('yeoman-environment');
  await commitSharedFsTask(environment as unknown as Parameters<typeof commitSharedFsTask>[0]);
}
