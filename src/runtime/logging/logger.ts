import {
  destination,
  pino,
  stdSerializers,
  stdTimeFunctions,
  type DestinationStream,
  type Logger,
} from 'pino';
import { currentContext } from '../context/context.ts';
import { registerAccessTarget } from './access-log.ts';
import { secretRemover } from './secrets.ts';

export type { Logger } from 'pino';

/**
 * A logger that writes one JSON line a message to standard output, with the service's name, the request's ids and the
 * trace's ids (`request_id`, `correlation_id`, `causation_id`, `trace_id`, `span_id`). Passwords, cookies, tokens,
 * authorization headers, the fields named in `secretFields` and the values of a row that PostgreSQL refused are replaced by
 * `[Redacted]`. Lines are gathered for at most 100 ms, or 32 KiB, and flushed on exit.
 */
export function createLogger(
  config: { serviceName: string; logLevel: string; secretFields?: readonly string[] },
  stream: DestinationStream = standardOutput(),
): Logger {
  const withoutSecrets = secretRemover(config.secretFields);
  const logger = pino(
    {
      level: config.logLevel,
      base: { service: config.serviceName },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: (fields) => withoutSecrets(fields) },
      serializers: { err: (error: Error) => withoutSecrets({ ...stdSerializers.err(error) }) },
      mixin: contextFields,
    },
    stream,
  );
  registerAccessTarget(logger, { stream, service: config.serviceName });
  return logger;
}

/** A write for each line would cost more than the line; what SIGKILL or a lack of memory ends may lose the last 100 ms. */
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
  };
}
