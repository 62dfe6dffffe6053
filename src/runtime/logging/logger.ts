import { destination, pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import { currentContext } from '../context/context.ts';
import { printable } from './terminal.ts';
import { registerAccessTarget } from './access-log.ts';
import { childLoggers } from './child-loggers.ts';
import { secretRemover } from './secrets.ts';
import type { Fields } from './written-error.ts';
import { textSecretRemover } from './text-secrets.ts';

export type { Logger } from 'pino';

interface LogConfig {
  serviceName: string;
  logLevel: string;
  secretFields?: readonly string[];
  /** The default of `stream`; tests collect the log with it. */
  logTo?: DestinationStream;
}

/**
 * Creates a logger that writes one JSON line per message to standard output, with the service's name and the ids of the
 * request and the trace (`request_id`, `correlation_id`, `causation_id`, `trace_id`, `span_id`), and the subject of the caller
 * (`principal`). It replaces with `[Redacted]`, or omits, fields with secret names, the fields in `secretFields`, passwords in addresses, and row values that
 * PostgreSQL quotes. It escapes characters that a terminal obeys. docs/security.md has the rules. Lines are buffered for at
 * most 100 ms or 32 KiB, and flushed on exit.
 */
export function createLogger(
  config: LogConfig,
  stream: DestinationStream = config.logTo ?? standardOutput(),
): Logger {
  const withoutSecrets = secretRemover(config.secretFields);
  const withoutTextSecrets = textSecretRemover(config.secretFields);
  const line = (text: string): string => printableLine(withoutTextSecrets(text));
  const logger = pino(
    {
      level: config.logLevel,
      base: { service: config.serviceName },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: withoutSecrets },
      serializers: { err: (written: unknown) => written }, // already converted by `withoutSecrets`
      hooks: {
        streamWrite: line,
        logMethod(values, write) {
          for (let index = 1; index < values.length; index += 1)
            // values that become part of the message
            values[index] = withoutSecretsIn(values[index], withoutSecrets) as string;
          write.apply(this, values);
        },
      },
      mixin: contextFields,
    },
    stream,
  );
  registerAccessTarget(logger, { stream, service: config.serviceName, clean: line });
  return childLoggers(logger, withoutSecrets);
}

const withoutSecretsIn = (value: unknown, withoutSecrets: (fields: Fields) => Fields): unknown =>
  typeof value === 'object' && value !== null ? withoutSecrets({ value })['value'] : value;

const beyondAscii = /[\x7f-\uffff]/;

/** Nearly every line is ASCII, and this test takes a third of the time of the other one. */
const printableLine = (text: string): string => (beyondAscii.test(text) ? printable(text) : text);

/** One write per line would cost more than the line. SIGKILL, or running out of memory, may lose the last 100 ms. */
const standardOutput = (): DestinationStream =>
  destination({ dest: 1, sync: false, minLength: 32 * 1024, maxWrite: 64 * 1024, periodicFlush: 100 });

function contextFields(): object {
  const context = currentContext();
  if (!context) return {};
  return {
    request_id: context.requestId,
    correlation_id: context.correlationId,
    causation_id: context.causationId,
    trace_id: context.traceparent.slice(3, 35),
    span_id: context.traceparent.slice(36, 52),
    principal: context.principal?.subject,
  };
}
