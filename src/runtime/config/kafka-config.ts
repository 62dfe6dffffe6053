import { readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import joi from 'joi';
import type { ClientCredentialsLogin, PasswordLogin, TokenLogin } from './kafka-login.ts';

/** The Kafka connection, and the settings of this service's topics and consumer group. */
export interface KafkaConfig {
  bootstrapServers: string[];
  ssl?: { ca?: string; cert?: string; key?: string; rejectUnauthorized?: boolean };
  /** The login. A token provider is set in code: `config.kafka.sasl = { mechanism: 'oauthbearer', oauthBearerProvider }`. */
  sasl?: PasswordLogin | ClientCredentialsLogin | TokenLogin;
  /** Partitions of a topic that this service creates; existing topics are never changed. */
  topicPartitions: number;
  /** Replicas of a topic that this service creates; -1 uses the broker's default. */
  topicReplicationFactor: number;
  /** A prefix of every topic and consumer group in Kafka, but nowhere else; default none. */
  topicPrefix?: string;
  groupId: string;
  /** The largest decompressed size of a batch, in bytes; the partition of a larger one stops. Undefined means the default. */
  maxUnpackedBytes?: number;
  /**
   * The largest size of an event with its key and headers, in bytes: `publish` refuses a larger event, and a consumer does
   * not read it.
   */
  maxEventBytes?: number;
}

/** A broker with default settings accepts batches of 1,048,588 bytes; the rest is room for the overhead around events. */
export const DEFAULT_EVENT_BYTES = 900_000;

/** With a broker's default settings, a batch compresses to at most 1 MiB, and JSON seldom shrinks to less than a tenth. */
export const DEFAULT_UNPACKED_BYTES = 16 * 1024 * 1024;

/** The validated variables of Kafka. */
export interface KafkaVariables {
  SERVICE_NAME: string;
  KAFKA_BOOTSTRAP_SERVERS: string[];
  KAFKA_SSL: boolean;
  KAFKA_SSL_CA_FILE?: string;
  KAFKA_SSL_CERT_FILE?: string;
  KAFKA_SSL_KEY_FILE?: string;
  KAFKA_SSL_REJECT_UNAUTHORIZED: boolean;
  KAFKA_SASL_MECHANISM?: PasswordLogin['mechanism'] | 'oauthbearer';
  KAFKA_SASL_USERNAME?: string;
  KAFKA_SASL_PASSWORD?: string;
  KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL?: string;
  KAFKA_SASL_OAUTHBEARER_CLIENT_ID?: string;
  KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET?: string;
  KAFKA_SASL_OAUTHBEARER_SCOPE?: string;
  KAFKA_TOPIC_PARTITIONS: number;
  KAFKA_TOPIC_REPLICATION_FACTOR: number;
  KAFKA_TOPIC_PREFIX?: string;
  KAFKA_GROUP_ID?: string;
  KAFKA_MAX_UNPACKED_BYTES: number;
  KAFKA_MAX_EVENT_BYTES: number;
}

const neededBy = (...mechanisms: string[]) =>
  joi
    .string()
    .empty('')
    .required()
    .when('KAFKA_SASL_MECHANISM', { is: joi.valid(...mechanisms).required(), otherwise: joi.optional() });

const withPassword = neededBy('plain', 'scram-sha-256', 'scram-sha-512').messages({
  'any.required': 'is not set: KAFKA_SASL_MECHANISM needs it',
});

const withTokens = neededBy('oauthbearer').messages({
  'any.required': 'is not set: KAFKA_SASL_MECHANISM=oauthbearer needs it',
  'any.custom': '{{#error.message}}',
});

/** The rules for the variables of Kafka. Files are read during validation, so a missing one is reported as a fault. */
export const kafkaVariables: joi.SchemaMap = {
  KAFKA_BOOTSTRAP_SERVERS: joi.string().empty('').required().custom(addresses).messages({
    'any.required': 'is not set; set it to the brokers, such as localhost:9092 or kafka-1:9093,kafka-2:9093',
    'any.custom': '{{#error.message}}',
  }),
  KAFKA_SSL: joi.boolean().empty('').default(false),
  KAFKA_SSL_CA_FILE: joi.string().empty('').custom(text).messages({ 'any.custom': '{{#error.message}}' }),
  KAFKA_SSL_CERT_FILE: joi.string().empty('').custom(text).messages({ 'any.custom': '{{#error.message}}' }),
  KAFKA_SSL_KEY_FILE: joi.string().empty('').custom(text).messages({ 'any.custom': '{{#error.message}}' }),
  KAFKA_SSL_REJECT_UNAUTHORIZED: joi.boolean().empty('').default(true),
  KAFKA_SASL_MECHANISM: joi
    .string()
    .empty('')
    .lowercase()
    .valid('plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'),
  KAFKA_SASL_USERNAME: withPassword,
  KAFKA_SASL_PASSWORD: withPassword,
  KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL: withTokens.custom(tokenEndpoint),
  KAFKA_SASL_OAUTHBEARER_CLIENT_ID: withTokens,
  KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET: withTokens,
  KAFKA_SASL_OAUTHBEARER_SCOPE: joi.string().empty(''),
  KAFKA_TOPIC_PARTITIONS: joi.number().empty('').integer().min(1).default(6),
  KAFKA_TOPIC_REPLICATION_FACTOR: joi.number().empty('').integer().min(1).allow(-1).default(-1),
  KAFKA_TOPIC_PREFIX: joi
    .string()
    .empty('')
    .pattern(/^[a-zA-Z0-9._-]{1,200}$/)
    .messages({
      'string.pattern.base': "must have at most 200 characters, each one of a-z, A-Z, 0-9, '.', '_' and '-'",
    }),
  KAFKA_GROUP_ID: joi.string().empty(''),
  KAFKA_MAX_UNPACKED_BYTES: joi
    .number()
    .empty('')
    .integer()
    .min(1024 * 1024)
    .max(512 * 1024 * 1024)
    .default(DEFAULT_UNPACKED_BYTES),
  KAFKA_MAX_EVENT_BYTES: joi
    .number()
    .empty('')
    .integer()
    .min(1024)
    .max(64 * 1024 * 1024)
    .default(DEFAULT_EVENT_BYTES),
};

export function kafkaConfig(variables: KafkaVariables): KafkaConfig {
  return {
    bootstrapServers: variables.KAFKA_BOOTSTRAP_SERVERS,
    ssl: variables.KAFKA_SSL
      ? {
          ca: variables.KAFKA_SSL_CA_FILE,
          cert: variables.KAFKA_SSL_CERT_FILE,
          key: variables.KAFKA_SSL_KEY_FILE,
          rejectUnauthorized: variables.KAFKA_SSL_REJECT_UNAUTHORIZED,
        }
      : undefined,
    sasl: login(variables),
    topicPartitions: variables.KAFKA_TOPIC_PARTITIONS,
    topicReplicationFactor: variables.KAFKA_TOPIC_REPLICATION_FACTOR,
    topicPrefix: variables.KAFKA_TOPIC_PREFIX ?? '',
    groupId: variables.KAFKA_GROUP_ID ?? `${variables.SERVICE_NAME}-consumer`,
    maxUnpackedBytes: variables.KAFKA_MAX_UNPACKED_BYTES,
    maxEventBytes: variables.KAFKA_MAX_EVENT_BYTES,
  };
}

function login(variables: KafkaVariables): KafkaConfig['sasl'] {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_OAUTHBEARER_SCOPE: scope } = variables;
  if (mechanism === undefined) return undefined;
  if (mechanism === 'oauthbearer')
    return {
      mechanism,
      tokenEndpointUrl: variables.KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL ?? '',
      clientId: variables.KAFKA_SASL_OAUTHBEARER_CLIENT_ID ?? '',
      clientSecret: variables.KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET ?? '',
      ...(scope !== undefined && { scope }),
    };
  return {
    mechanism,
    username: variables.KAFKA_SASL_USERNAME ?? '',
    password: variables.KAFKA_SASL_PASSWORD ?? '',
  };
}

/** RFC 6749, section 3.2: no fragment; the credentials have variables of their own. */
function tokenEndpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    !url ||
    !/^https?:$/.test(url.protocol) ||
    url.hash !== '' ||
    url.username !== '' ||
    url.password !== ''
  )
    throw new Error('must be an address such as https://login.example.com/oauth2/token, without a user');
  return text;
}

function addresses(list: string): string[] {
  const servers = list
    .split(',')
    .map((server) => server.trim())
    .filter((server) => server !== '');
  if (servers.length === 0 || !servers.every(isAddress))
    throw new Error('must be comma-separated host:port pairs, such as localhost:9092 or [::1]:9092');
  return servers;
}

function isAddress(server: string): boolean {
  const [, ip, port] = /^(?:\[(.+)\]|[^\s:/[\]]+):(\d{1,5})$/.exec(server) ?? [];
  return Number(port) >= 1 && Number(port) <= 65_535 && (ip === undefined || isIPv6(ip));
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? error.code : error;
    throw new Error(`names a file that cannot be read (${String(reason)})`, { cause: error });
  }
}
