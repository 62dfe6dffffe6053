import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface BrokerProcess {
  bootstrapServers: string;
  process: ChildProcess;
  /** Ends it with SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

/** Starts an embedded broker in a process of its own, in memory or in `directory`. */
export async function startBrokerProcess(directory?: string): Promise<BrokerProcess> {
  const script = join(import.meta.dirname, 'broker-program.ts');
  const args = directory === undefined ? [] : [directory];
  const process = fork(script, args, { execArgv: ['--import', 'tsx'] });
  const exited = once(process, 'exit');
  const [message] = await Promise.race([once(process, 'message'), exited.then(failStart)]);
  return {
    bootstrapServers: String(message),
    process,
    async kill() {
      process.kill('SIGKILL');
      await exited;
    },
  };
}

function failStart([code]: unknown[]): never {
  throw new Error(`The broker's process ended with code ${String(code)} before it listened`);
}
