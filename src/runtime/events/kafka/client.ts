import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type ISocketFactoryArgs, Kafka, type LogEntry, logLevel, type SASLOptions } from 'kafkajs';
import type { Level, Logger } from 'pino';
import type { KafkaConfig } from '../../config/kafka-config.ts';
import {
  encodeRecordsQuickly,
  endStoppedFetchers,
  groupPartitionsQuickly,
  stopIdleTimers,
  stopJumps,
} from './kafkajs/fixes.ts';
import { createTokenProvider } from './oauth-token.ts';

const CONNECTION_TIMEOUT = 3_000;
export const REQUEST_TIMEOUT = 5_000;
const KEEP_ALIVE_DELAY = 10_000;
/** KafkaJS must not retry more: it reports a restarting broker as "not retriable", so the callers retry. */
export const retry = { retries: 2, initialRetryTime: 50, maxRetryTime: 500 };

export interface DriverOptions {
  clientId: string;
  logger: Logger;
}

/**
 * KafkaJS 2.2.4 starts with the first broker of its list; if that broker accepts connections but hangs, the client stays half
 * connected until all requests fail. So each client starts with a different broker.
 */
export function createClients(config: KafkaConfig, options: DriverOptions): () => Kafka {
  stopIdleTimers();
  stopJumps();
  endStoppedFetchers();
  groupPartitionsQuickly();
  encodeRecordsQuickly();
  const sasl = saslOptions(config);
  let brokers = config.bootstrapServers;
  return () => {
    brokers = [...brokers.slice(1), ...brokers.slice(0, 1)];
    return createClient({ ...config, sasl, bootstrapServers: brokers }, options);
  };
}

type ClientConfig = Omit<KafkaConfig, 'sasl'> & { sasl: SASLOptions | undefined };

/** All clients share one token provider and its cached token. */
function saslOptions({ sasl }: KafkaConfig): SASLOptions | undefined {
  if (sasl?.mechanism !== 'oauthbearer') return sasl;
  const { mechanism } = sasl;
  const oauthBearerProvider =
    'oauthBearerProvider' in sasl ? sasl.oauthBearerProvider : createTokenProvider(sasl);
  return { mechanism, oauthBearerProvider };
}

function createClient(config: ClientConfig, { clientId, logger }: DriverOptions): Kafka {
  return new Kafka({
    clientId,
    brokers: config.bootstrapServers.map(withoutColons),
    ssl: config.ssl,
    sasl: config.sasl,
    connectionTimeout: CONNECTION_TIMEOUT,
    authenticationTimeout: CONNECTION_TIMEOUT,
    // otherwise, a broker with a session lifetime below KafkaJS's 10 s would reauthenticate on every request
    reauthenticationThreshold: 2_000,
    requestTimeout: REQUEST_TIMEOUT,
    retry,
    socketFactory: openSocket,
    logLevel: logger.isLevelEnabled('trace') ? logLevel.DEBUG : logLevel.INFO,
    logCreator: () => (entry) => writeLog(logger, entry),
  });
}

/** KafkaJS 2.2.4 takes the text before the first colon as the host, also in `[::1]:9092`. */
const withoutColons = (server: string): string =>
  server.replace(/^\[.+\]/, (host) => host.replaceAll(':', '-'));
const withColons = (host: string): string =>
  host.startsWith('[') ? host.slice(1, -1).replaceAll('-', ':') : host;

function openSocket({ host: name, port, ssl, onConnect }: ISocketFactoryArgs): Socket {
  const host = withColons(name);
  const servername = isIP(host) ? undefined : host;
  const socket = ssl
    ? connectTls({ host, port, servername, ...ssl }, onConnect)
    : connectTcp({ host, port }, onConnect);
  return socket.setKeepAlive(true, KEEP_ALIVE_DELAY).setNoDelay(true);
}

/** These failures are also rejections, which the caller logs once with a remedy. */
const heardElsewhere =
  /^(Admin|BrokerPool|Cluster|Connection|ConnectionBuilder|Consumer$|Producer|RequestQueue|Runner)/;

function writeLog(logger: Logger, { namespace, level, log }: LogEntry): void {
  const { message, timestamp: _, logger: __, ...details } = log;
  logger[pinoLevel(namespace, level)]({ kafkajs: namespace, ...details }, message);
}

function pinoLevel(namespace: string, level: logLevel): Level {
  if (level === logLevel.DEBUG) return 'trace';
  if (level === logLevel.INFO || heardElsewhere.test(namespace)) return 'debug';
  return 'warn';
}
