import type { Logger } from 'pino';
import { errorText } from '../errors.ts';
import { withoutTextSecrets } from '../logging/text-secrets.ts';
import { writtenError } from '../logging/written-error.ts';
import { startParts, stopParts, type Part } from './part.ts';
import { printError } from '../logging/terminal.ts';

/** The parts in their starting order and, if known, the logger and the configuration. */
export interface Service {
  readonly parts: readonly Part[];
  readonly logger?: Logger;
  readonly config?: { readonly shutdownTimeout: number };
}

export interface RunOptions {
  /** The longest shutdown, in ms; default: the service's configured `shutdownTimeout`, or 10 seconds. */
  shutdownTimeout?: number;
}

type Created = readonly Part[] | Service;

/**
 * Creates the service, starts its parts in order, and on SIGTERM or SIGINT stops them in reverse order and exits with 0.
 * Resolves when all parts have started. If a part cannot start, prints one message to standard error and exits with 1; also
 * exits with 1 if stopping fails or takes longer than `shutdownTimeout`, and after an uncaught error. A second signal exits
 * immediately.
 */
export async function run(create: () => Created | Promise<Created>, options: RunOptions = {}): Promise<void> {
  let timeout = options.shutdownTimeout ?? 10_000;
  const signalled = firstSignal(() => exitAfter(timeout));
  const service = await orExit(async () => asService(await create()));
  timeout = options.shutdownTimeout ?? service.config?.shutdownTimeout ?? timeout;
  const { parts, logger } = service;
  process.on('uncaughtException', (error) => fail(error, logger));
  await orExit(() => startParts(parts, { logger }));
  logger?.info(`running as process ${process.pid}`);
  void signalled.then(async (signal) => {
    logger?.info(`${signal}: stopping`);
    await orExit(() => stopParts(parts, { logger }), 'Did not stop cleanly.');
    await flushed(logger);
    process.exit(0);
  });
}

function firstSignal(onFirst: () => void): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let signals = 0;
    const receive = (signal: NodeJS.Signals) => {
      signals += 1;
      if (signals > 1) process.exit(1);
      onFirst();
      resolve(signal);
    };
    process.on('SIGTERM', receive);
    process.on('SIGINT', receive);
  });
}

function exitAfter(timeout: number): void {
  const exit = () => {
    const advice = 'raise SHUTDOWN_TIMEOUT if the work needs longer';
    printError(`Did not stop within ${timeout} ms and left work unfinished: ${advice}.`);
    process.exit(1);
  };
  setTimeout(exit, timeout);
}

/** Node would print every field of the error, including rows that PostgreSQL quotes. */
function fail(error: unknown, logger: Logger | undefined): void {
  logger?.fatal({ err: error }, 'the process failed');
  const words = error instanceof Error ? writtenError(error)['stack'] : error;
  printError(withoutTextSecrets(String(words)));
  process.exit(1);
}

/**
 * Flush before exiting; otherwise the synchronous write at exit can overtake a pending one and reorder the last log lines.
 */
async function flushed(logger: Logger | undefined): Promise<void> {
  await new Promise<void>((resolve) => (logger ? logger.flush(() => resolve()) : resolve()));
}

function asService(created: Created): Service {
  return 'parts' in created ? created : { parts: created };
}

async function orExit<T>(work: () => Promise<T>, what = 'Could not start.'): Promise<T> {
  return work().catch((error: unknown) => {
    printError(`${what} ${withoutTextSecrets(errorText(error))}`);
    return process.exit(1);
  });
}
