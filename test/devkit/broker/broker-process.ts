import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { BrokerOptions } from '../../../src/devkit/broker/broker.ts';

export interface BrokerProcess {
  bootstrapServers: string;
  process: ChildProcess;
  /** Internal faults of the broker that closed a connection; none is expected. */
  unexpected: string[];
  /** Resolves to the bytes of memory that its process has once the garbage is collected. */
  residentBytes(): Promise<number>;
  /** Ends it with SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

interface Message {
  bootstrapServers?: string;
  residentBytes?: number;
  unexpected?: string;
}

/** Starts an embedded broker in a separate process, in memory or in `directory`. */
export async function startBrokerProcess(
  directory?: string,
  options: Omit<BrokerOptions, 'logger'> = {},
): Promise<BrokerProcess> {
  const script = join(import.meta.dirname, 'broker-program.ts');
  const process = fork(script, [JSON.stringify({ directory, ...options })], {
    execArgv: ['--expose-gc', '--max-semi-space-size=2', '--import', 'tsx'],
  });
  const unexpected: string[] = [];
  process.on('message', (message: Message) => {
    if (message.unexpected) unexpected.push(message.unexpected);
  });
  const exited = once(process, 'exit');
  const { bootstrapServers } = await Promise.race([
    next(process, 'bootstrapServers'),
    exited.then(failStart),
  ]);
  return {
    bootstrapServers,
    process,
    unexpected,
    async residentBytes() {
      process.send({});
      const { residentBytes } = await Promise.race([next(process, 'residentBytes'), exited.then(failStart)]);
      return residentBytes;
    },
    async kill() {
      process.kill('SIGKILL');
      await exited;
    },
  };
}

/** Resolves to the next message with this property. */
function next<Key extends keyof Message>(
  process: ChildProcess,
  key: Key,
): Promise<Required<Pick<Message, Key>>> {
  return new Promise((resolve) => {
    process.on('message', function listen(message: Message) {
      if (message[key] === undefined) return;
      process.off('message', listen);
      resolve(message as Required<Pick<Message, Key>>);
    });
  });
}

function failStart([code]: unknown[]): never {
  throw new Error(`The broker's process ended with code ${String(code)}`);
}
