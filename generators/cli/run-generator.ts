import { createEnv } from 'yeoman-environment';
import { createAdapter } from '../yeoman/adapter.ts';
import { createAsk } from '../questions/ask.ts';
import { FolderGenerator } from '../yeoman/folder-generator.ts';
import type { GeneratorEntry } from './registry.ts';
import type { Call } from '../output/work.ts';

/** Runs a generator in a Yeoman environment of its own. Without a terminal nothing is asked. */
export async function runGenerator(entry: GeneratorEntry, call: Omit<Call, 'ask'>): Promise<void> {
  const adapter = createAdapter();
  const terminal = process.stdin.isTTY && process.stdout.isTTY;
  const environment = createEnv({ adapter, cwd: call.cwd });
  // Its listener is what keeps an error of a task from ending the process; the error rejects the run too.
  environment.on('error', () => undefined);
  environment.register(await entry.load(), { namespace: entry.name });
  const generator = await environment.create(entry.name);
  if (!(generator instanceof FolderGenerator))
    throw new Error(`${entry.name} is not a generator of this command`);
  generator.call = { ...call, ask: terminal ? createAsk(adapter) : undefined };
  await environment.runGenerator(generator);
}
