import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const startTimeout = 120_000;

export interface BrokerProcess {
  /** Resolves when the process has ended. Safe to call twice. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/**
 * Runs a JVM and resolves when it prints the line that matches `ready`; rejects with its last lines if it exits before. The
 * JVM ends with this process, however that ends.
 */
export async function startJava(args: string[], directory: string, ready: RegExp): Promise<BrokerProcess> {
  const java = spawn('java', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = new Promise<void>((resolve) => {
    java.once('exit', () => resolve());
    java.once('error', () => resolve());
  });
  const guard = guardOf(java, directory);
  void exited.then(() => guard.kill('SIGKILL'));
  await untilPrinted(java, ready);
  return {
    async end(signal) {
      if (java.exitCode === null && java.signalCode === null) java.kill(signal);
      await exited;
    },
  };
}

/**
 * Starts a shell that ends a process and deletes its directory when our end of its stdin closes, also after SIGKILL of this
 * process.
 */
export function guardOf(process: ChildProcess, directory: string): ChildProcess {
  const script = 'cat >/dev/null; kill -9 "$0"; rm -rf "$1"';
  const guard = spawn('sh', ['-c', script, String(process.pid), directory], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.unref();
  return guard;
}

async function untilPrinted(java: ChildProcess, ready: RegExp): Promise<void> {
  const printed: string[] = [];
  const isReady = new Promise<void>((resolve) => {
    for (const stream of [java.stdout, java.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        printed.push(line);
        if (printed.length > 40) printed.shift();
        if (ready.test(line)) resolve();
      });
    }
  });
  const timeout = AbortSignal.timeout(startTimeout);
  const ended = once(java, 'exit', { signal: timeout }).then(() => {
    throw new Error(`Apache Kafka ended before it was ready:\n${printed.join('\n')}`);
  });
  await Promise.race([isReady, ended]).catch((error: unknown) => {
    java.kill('SIGKILL');
    if (!timeout.aborted) throw error;
    throw new Error(`Apache Kafka was not ready after ${startTimeout} ms:\n${printed.join('\n')}`, {
      cause: error,
    });
  });
}
