import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type ISocketFactoryArgs, Kafka, type LogEntry, logLevel, type SASLOptions } from 'kafkajs';
import type { Level, Logger } from 'pino';
import type { KafkaConfig } from '../../config/kafka-config.ts';
import { encodeRecordsQuickly, stopIdleTimers, stopJumps } from './kafkajs/fixes.ts';
import { createTokenProvider } from './oauth-token.ts';

const CONNECTION_TIMEOUT = 3_000;
export const REQUEST_TIMEOUT = 5_000;
const KEEP_ALIVE_DELAY = 10_000;
/** More tries are not for KafkaJS: its errors say "not retriable" of a broker that is restarting, so callers loop. */
export const retry = { retries: 2, initialRetryTime: 50, maxRetryTime: 500 };

export interface DriverOptions {
  clientId: string;
  logger: Logger;
}

/**
 * A client begins with the first broker of its list, and where that one takes connections and hangs KafkaJS 2.2.4 goes on
 * with it, half connected, until all fails. So each client begins with another one.
 */
export function createClients(config: KafkaConfig, options: DriverOptions): () => Kafka {
  stopIdleTimers();
  stopJumps();
  encodeRecordsQuickly();
  const sasl = saslOptions(config);
  let brokers = config.bootstrapServers;
  return () => {
    brokers = [...brokers.slice(1), ...brokers.slice(0, 1)];
    return createClient({ ...config, sasl, bootstrapServers: brokers }, options);
  };
}

type ClientConfig = Omit<KafkaConfig, 'sasl'> & { sasl: SASLOptions | undefined };

/** One provider of tokens for all clients, which share what it keeps. */
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
    // brokers that cut a session's life below KafkaJS's 10 s are asked again on every request otherwise
    reauthenticationThreshold: 2_000,
    requestTimeout: REQUEST_TIMEOUT,
    retry,
    socketFactory: openSocket,
    logLevel: logger.isLevelEnabled('trace') ? logLevel.DEBUG : logLevel.INFO,
    logCreator: () => (entry) => writeLog(logger, entry),
  });
}

/** KafkaJS 2.2.4 takes what stands before the first colon for the host, also in `[::1]:9092`. */
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

/** Failures of these come back as rejections, and whoever asked logs them once, in words that say what to do. */
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
