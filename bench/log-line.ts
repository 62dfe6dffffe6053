// node --import tsx bench/log-line.ts [another logger.ts]: the CPU time of a log line, and the share of redaction.
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import { createLogger } from '../src/runtime/logging/logger.ts';
import { median } from './figures.ts';

const LINES = 20_000;
const ROUNDS = 15;
const nowhere: DestinationStream = { write: () => undefined };
const config = { serviceName: 'user-service', logLevel: 'info', secretFields: ['recoveryCode'] };

const user = { id: randomUUID(), email: 'ada@example.com', address: { city: 'London', zip: 'N1' } };
const failure = Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED', port: 5432 });
const lines: Record<string, (logger: Logger) => void> = {
  'three fields': (logger) => logger.info({ topic: 'user.events', partition: 3, offset: '17' }, 'handled'),
  'ten objects': (logger) => logger.info({ users: [user, user, user, user, user] }, 'registered'),
  'an error': (logger) => logger.error({ err: failure, attempts: 3 }, 'cannot reach the database'),
  'with a secret': (logger) => logger.info({ body: { ...user, password: 'x' } }, 'registered'),
  'with an address': (logger) => logger.info({ url: 'postgres://user:password@db/shop' }, 'connecting'),
};

const bare = pino({ base: { service: 'user-service' }, timestamp: stdTimeFunctions.isoTime }, nowhere);
const [, , other] = process.argv;
const loggers: Record<string, Logger> = { pino: bare, createLogger: createLogger(config, nowhere) };
if (other !== undefined) {
  const module: { createLogger: typeof createLogger } = await import(path.resolve(other));
  loggers[other] = module.createLogger(config, nowhere);
}

/** Runs the loggers in turns, so changes in the machine's load affect each logger alike. */
function microseconds(write: (logger: Logger) => void): Record<string, number> {
  const times: Record<string, number[]> = {};
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [name, logger] of Object.entries(loggers)) {
      const begun = process.cpuUsage();
      for (let line = 0; line < LINES; line += 1) write(logger);
      const { user: used, system } = process.cpuUsage(begun);
      (times[name] ??= []).push((used + system) / LINES);
    }
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)]));
}

console.log(`CPU microseconds a line, median of ${ROUNDS} rounds of ${LINES} lines`);
for (const [name, write] of Object.entries(lines)) {
  const texts = Object.entries(microseconds(write)).map(([logger, time]) => `${logger} ${time.toFixed(2)}`);
  console.log(`${name.padEnd(16)} ${texts.join('  ')}`);
}
