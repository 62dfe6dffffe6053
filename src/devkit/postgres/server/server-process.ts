import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { portHolderText } from '../../processes/port-holder.ts';
import { stopWithParent } from '../../processes/watchdog.ts';
import { openPrivateFile, readPrivateFile } from '../../private-file.ts';
import { type Account, environmentFor } from './account.ts';

export interface ServerProcessOptions {
  postgres: string;
  account: Account | undefined;
  /** The data directory. */
  directory: string;
  /** An IP address or host name, or the folder of a Unix socket. */
  host: string;
  port: number;
  isSocket: boolean;
  /** Run-time settings, `name=value`. */
  settings: string[];
  logFile: string;
  /** The data is not needed after the stop. */
  fleeting: boolean;
  /** The watchdog deletes this directory if the parent dies without stopping the server. */
  removeAfterwards?: string;
}

export interface ServerProcess {
  /** Resolves when the server has ended, for any reason. */
  ended: Promise<void>;
  /** Stops the server and resolves when it has ended. Safe to repeat, for example to hurry a stop. */
  stop(mode?: StopMode): Promise<void>;
}

/**
 * PostgreSQL's words (https://www.postgresql.org/docs/current/server-shutdown.html): a fast shutdown ends the sessions and writes
 * everything; after an immediate one the next start recovers from the log. A server with temporary data stops immediately.
 */
export type StopMode = 'fast' | 'immediate';

/** The longest start, including recovery after a crash. */
const startTimeout = 60_000;
/** The longest stop before the next signal. */
const stopTimeout = { fast: 10_000, immediate: 1_000 };

/**
 * Starts PostgreSQL in a session of its own, so Ctrl-C in the terminal does not reach it, and resolves when it accepts
 * connections. It does not keep this process alive, and ends with it, even after SIGKILL (not on Windows). Throws the
 * server's log if it exits instead.
 */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const server = await spawnServer(options);
  const signal = options.fleeting ? 'QUIT' : 'INT';
  const watchdog = stopWithParent({
    target: processId(server),
    signal,
    patience: 10,
    remove: options.removeAfterwards,
  });
  const ended = once(server, 'exit').then(() => watchdog.release());
  const stop = (mode: StopMode = 'fast') => stopServer(server, ended, { ...options, mode });
  try {
    await ready(server, options);
  } catch (error) {
    await stop();
    throw error;
  }
  return { ended, stop };
}

async function spawnServer(options: ServerProcessOptions): Promise<ChildProcess> {
  const { postgres, account, directory, settings, logFile } = options;
  const log = await openPrivateFile(logFile);
  try {
    const all = [...placeSettings(options), ...settings];
    const server = spawn(postgres, ['-D', directory, ...all.flatMap((setting) => ['-c', setting])], {
      ...account,
      env: environmentFor(account),
      cwd: directory,
      detached: true,
      windowsHide: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    await once(server, 'spawn');
    server.unref();
    return server;
  } finally {
    await log.close();
  }
}

function placeSettings({ host, port, isSocket }: ServerProcessOptions): string[] {
  const [addresses, folders] = isSocket ? ['', `"${host}"`] : [host, ''];
  const permissions = 'unix_socket_permissions=0700';
  return [`listen_addresses=${addresses}`, `unix_socket_directories=${folders}`, permissions, `port=${port}`];
}

async function ready(server: ChildProcess, options: ServerProcessOptions): Promise<void> {
  const deadline = Date.now() + startTimeout;
  while (Date.now() < deadline) {
    if (hasEnded(server)) throw new Error(await refusal(options));
    if (await saysReady(server, options.directory)) return;
    await delay(10);
  }
  throw new Error(`PostgreSQL was not ready after ${startTimeout / 1000} s. Its log: ${options.logFile}`);
}

/** The eighth line of postmaster.pid is the state; pg_ctl waits for it too. */
async function saysReady(server: ChildProcess, directory: string): Promise<boolean> {
  const lines = (await readPrivateFile(path.join(directory, 'postmaster.pid'))).split('\n');
  return lines[0] === String(server.pid) && lines[7]?.trim() === 'ready';
}

async function refusal({ directory, host, port, logFile }: ServerProcessOptions): Promise<string> {
  const log = await readFile(logFile, 'utf8').catch(() => '');
  const reasons = log.split('\n').filter((line) => /(FATAL|PANIC|DETAIL|HINT|could not|cannot)/.test(line));
  if (/Address already in use/.test(log)) reasons.push(`${await portHolderText(port)} listens on that port.`);
  return `PostgreSQL did not start on ${host}:${port} with ${directory}:\n${reasons.join('\n') || log.trim()}`;
}

async function stopServer(
  server: ChildProcess,
  ended: Promise<void>,
  { mode, fleeting }: { mode: StopMode; fleeting: boolean },
): Promise<void> {
  const isImmediate = fleeting || mode === 'immediate';
  const signals: NodeJS.Signals[] = isImmediate ? ['SIGQUIT', 'SIGKILL'] : ['SIGINT', 'SIGQUIT', 'SIGKILL'];
  server.ref();
  for (const signal of signals) {
    if (!hasEnded(server)) sendSignal(server, signal);
    const inTime = await Promise.race([
      ended.then(() => true),
      delay(stopTimeout[mode], false, { ref: false }),
    ]);
    if (inTime) return;
  }
}

/** Windows has no signals, so PostgreSQL listens on a pipe for those of pg_ctl. */
function sendSignal(server: ChildProcess, signal: NodeJS.Signals): void {
  if (process.platform !== 'win32' || signal === 'SIGKILL') {
    server.kill(signal);
    return;
  }
  const tool = path.join(path.dirname(server.spawnfile), 'pg_ctl.exe');
  spawn(tool, ['kill', signal.replace('SIG', ''), String(server.pid)], { stdio: 'ignore' }).on(
    'error',
    () => undefined,
  );
}

function processId(server: ChildProcess): number {
  if (server.pid === undefined) throw new Error('PostgreSQL did not start: it has no process id.');
  return server.pid;
}

function hasEnded(server: ChildProcess): boolean {
  return server.exitCode !== null || server.signalCode !== null;
}
