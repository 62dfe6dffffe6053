import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '../../src/devkit/testing/wait-for.ts';

export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
  errors: string;
}

/** One replica of a bank, which is started again whenever it has ended, as a container would be. */
export interface Replica {
  name: string;
  /** The address of its HTTP server; undefined while it does not answer. */
  url(): string | undefined;
  /** SIGKILL; it is started again `after` ms later. */
  kill(after?: number): Promise<void>;
  /** SIGSTOP, until `resume`. */
  pause(): void;
  resume(): void;
  /** Kills it, and starts it with a failpoint; resolves to the way in which the new process ended. */
  dieAt(failpoint: string): Promise<Ending>;
  setRate(rate: number): void;
  /** Ends it permanently. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<Ending>;
  /** Runs that ended without a request, after they had started. */
  crashes(): Ending[];
}

export interface ReplicaOptions {
  name: string;
  program: string;
  environment: Record<string, string>;
  /** The file for its output. */
  logFile: string;
}

const restartDelay = 200;
const stopTimeout = 30_000;
const keptErrors = 20_000;

interface Life {
  child: ChildProcess;
  ended: Promise<Ending>;
  url?: string;
  served: boolean;
  /** Its end was requested. */
  doomed: boolean;
}

export function startReplica({ name, program, environment, logFile }: ReplicaOptions): Replica {
  const crashes: Ending[] = [];
  const log = openSync(logFile, 'a');
  let rate = environment.BANK_RATE ?? '0';
  let stopped = false;
  let delay = restartDelay;
  let life = begin();

  function begin(failpoint?: string): Life {
    const child = spawn(process.execPath, ['--enable-source-maps', program], {
      env: {
        ...process.env,
        ...environment,
        BANK_RATE: rate,
        ...(failpoint && { MICROSERVICE_FAILPOINT: failpoint }),
      },
      stdio: ['ignore', log, 'pipe', 'ipc'],
    });
    const begun: Life = { child, ended: endingOf(child), served: false, doomed: failpoint !== undefined };
    child.on('message', ({ url }: { url: string }) => {
      begun.url = url;
      begun.served = true;
    });
    child.stderr?.on('data', (text: string) => void writeSync(log, text));
    void startAnew(begun);
    return begun;
  }

  async function startAnew(ended: Life): Promise<void> {
    const ending = await ended.ended;
    ended.url = undefined;
    if (ended !== life) return;
    if (!ended.doomed && ended.served) crashes.push(ending);
    await pause(delay);
    delay = restartDelay;
    if (!stopped && ended === life) life = begin();
  }

  return {
    name,
    url: () => life.url,
    async kill(after = restartDelay) {
      delay = after;
      life.doomed = true;
      life.child.kill('SIGKILL');
      await life.ended;
    },
    pause: () => void life.child.kill('SIGSTOP'),
    resume: () => void life.child.kill('SIGCONT'),
    async dieAt(failpoint) {
      const former = life;
      former.doomed = true;
      former.child.kill('SIGKILL');
      await former.ended;
      life = begin(failpoint);
      return life.ended;
    },
    setRate(wanted) {
      rate = String(wanted);
      if (life.child.connected) life.child.send({ rate: wanted }, () => undefined);
    },
    async stop(signal = 'SIGTERM') {
      stopped = true;
      life.doomed = true;
      life.child.kill(signal);
      const timer = setTimeout(() => life.child.kill('SIGKILL'), stopTimeout);
      const ending = await life.ended;
      clearTimeout(timer);
      closeSync(log);
      return ending;
    },
    crashes: () => crashes,
  };
}

function endingOf(child: ChildProcess): Promise<Ending> {
  let errors = '';
  child.stderr
    ?.setEncoding('utf8')
    .on('data', (text: string) => (errors = (errors + text).slice(-keptErrors)));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, errors }));
  });
}

/** Resolves when each replica has an address. */
export const allServe = (replicas: readonly Replica[]): Promise<unknown> =>
  waitFor(() => replicas.every((replica) => replica.url() !== undefined), {
    timeout: 60_000,
    message: 'every replica serves',
  });
