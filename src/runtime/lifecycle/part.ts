import type { Logger } from 'pino';

/**
 * Something that a service starts and stops: its database, its event bus, its server. `start` resolves when the part
 * works and rejects with a message that says what it tried, what it saw and what to do. `stop` is safe to call twice
 * and resolves when nothing of the part is left running.
 */
export interface Part {
  readonly name: string;
  start?(): Promise<void>;
  stop?(): Promise<void>;
}

interface Options {
  logger?: Pick<Logger, 'info' | 'error'>;
}

/** Starts the parts in order. When one fails, those before it are stopped in reverse and its error is thrown. */
export async function startParts(parts: readonly Part[], { logger }: Options = {}): Promise<void> {
  for (const [index, part] of parts.entries()) {
    const begun = performance.now();
    try {
      await part.start?.();
    } catch (error) {
      await stopParts(parts.slice(0, index + 1), { logger }).catch(() => undefined);
      throw error;
    }
    logger?.info(
      { part: part.name, duration_ms: Math.round(performance.now() - begun) },
      `${part.name} started`,
    );
  }
}

/** Stops the parts in reverse order. A part that fails does not keep the others from stopping; its error is thrown at the end. */
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
