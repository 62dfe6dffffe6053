import type { Logger } from 'pino';

/**
 * A part of a service that is started and stopped: its database, its event bus, its server. `start` resolves when the part
 * works, and rejects with a message that names the attempt, the error and the remedy. `stop` is safe to call twice, and
 * resolves when nothing of the part is running any more.
 */
export interface Part {
  readonly name: string;
  start?(): Promise<void>;
  stop?(): Promise<void>;
}

interface Options {
  logger?: Pick<Logger, 'info' | 'error'>;
}

/** Starts the parts in order. If one fails, stops those before it in reverse order and throws its error. */
export async function startParts(parts: readonly Part[], { logger }: Options = {}): Promise<void> {
  for (const [index, part] of parts.entries()) {
    const begun = performance.now();
    try {
      await part.start?.();
    } catch (error) {
      const quiet = logger && { error: logger.error.bind(logger), info: () => undefined }; // it never started
      await stopParts([part], { logger: quiet }).catch(() => undefined);
      await stopParts(parts.slice(0, index), { logger }).catch(() => undefined);
      throw error;
    }
    logger?.info(
      { part: part.name, duration_ms: Math.round(performance.now() - begun) },
      `${part.name} started`,
    );
  }
}

/**
 * Stops the parts in reverse order. A part that fails does not prevent the others from stopping; its error is thrown at the
 * end.
 */
export async function stopParts(parts: readonly Part[], { logger }: Options = {}): Promise<void> {
  const errors: unknown[] = [];
  for (const part of parts.toReversed()) {
    try {
      await part.stop?.();
      logger?.info({ part: part.name }, `${part.name} stopped`);
    } catch (error) {
      logger?.error({ part: part.name, err: error }, `${part.name} did not stop cleanly`);
      errors.push(error);
    }
  }
  if (errors.length > 0)
    throw errors.length === 1 ? errors[0] : new AggregateError(errors, 'Several parts did not stop');
}
