import { QueuedAdapter } from '@yeoman/adapter';
import { createEnv } from 'yeoman-environment';
import type { Ask } from './question.ts';
import type { GeneratorEntry } from './registry.ts';
import type { Call } from './work.ts';

/** Runs a generator in a Yeoman environment of its own. Without a terminal, or with `yes`, nothing is asked. */
export async function runGenerator(entry: GeneratorEntry, call: Omit<Call, 'ask'>): Promise<void> {
  const adapter = new QueuedAdapter();
  const terminal = process.stdin.isTTY && process.stdout.isTTY;
  const environment = createEnv({ adapter, cwd: call.cwd });
  environment.on('error', () => {});
  const namespace = `microservice:${entry.name}`;
  environment.register(await entry.load(), { namespace });
  const generator = await environment.create(namespace, {
    generatorOptions: { call: { ...call, ask: terminal ? asker(adapter) : undefined } } as never,
  });
  await environment.runGenerator(generator);
}

const asker =
  (adapter: QueuedAdapter): Ask =>
  async (prompt) => {
    const { answer } = await adapter.prompt<{ answer: never }>([{ ...prompt, name: 'answer' } as never]);
    return answer;
  };
