import joi from 'joi';
import { httpConfig, httpVariables, type HttpConfig, type HttpVariables } from './http-config.ts';
import { kafkaConfig, kafkaVariables, type KafkaConfig, type KafkaVariables } from './kafka-config.ts';

/** What every service reads from its environment. */
export interface ServiceConfig {
  /** SERVICE_NAME; the source of its events, the name in its logs and of its database sessions. */
  serviceName: string;
  nodeEnv: 'development' | 'test' | 'production';
  port: number;
  /** The address to listen on; without it, all of the machine's. */
  host?: string;
  /** Where health and metrics answer; without it they answer on `port`. */
  managementPort?: number;
  databaseUrl: string;
  /** An address without a pooler in between, for what needs a real session: leases, LISTEN, migrations. */
  databaseDirectUrl: string;
  databasePoolMax: number;
  logLevel: string;
  /** Milliseconds that stopping may take. */
  shutdownTimeout: number;
  http: HttpConfig;
  kafka: KafkaConfig;
}

/** The variables of every service as the environment holds them, checked. */
export interface ServiceVariables extends HttpVariables, KafkaVariables {
  NODE_ENV: ServiceConfig['nodeEnv'];
  PORT: number;
  HOST?: string;
  MANAGEMENT_PORT?: number;
  DATABASE_URL: string;
  DATABASE_DIRECT_URL?: string;
  DATABASE_POOL_MAX: number;
  LOG_LEVEL: string;
  SHUTDOWN_TIMEOUT: number;
}

const databaseUrl = joi
  .string()
  .empty('')
  .uri({ scheme: ['postgres', 'postgresql'] })
  .messages({
    'any.required': 'is not set: give the address, such as postgres://user:password@localhost:5432/database',
    'string.uriCustomScheme': 'must be an address such as postgres://user:password@localhost:5432/database',
  });

/** The rules for the variables of every service. */
export const serviceVariables: joi.SchemaMap = {
  SERVICE_NAME: joi
    .string()
    .empty('')
    .pattern(/^[a-z][a-z0-9-]*$/)
    .required()
    .messages({
      'any.required': 'is not set: give the name of the service, such as user-service',
      'string.pattern.base': 'must be lower-case letters, digits and hyphens, such as user-service',
    }),
  NODE_ENV: joi.string().empty('').valid('development', 'test', 'production').default('development'),
  PORT: joi.number().empty('').port().default(8000),
  HOST: joi.string().empty('').hostname(),
  MANAGEMENT_PORT: joi.number().empty('').port(),
  DATABASE_URL: databaseUrl.required(),
  DATABASE_DIRECT_URL: databaseUrl,
  DATABASE_POOL_MAX: joi.number().empty('').integer().min(1).default(10),
  LOG_LEVEL: joi
    .string()
    .empty('')
    .valid('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent')
    .default('info'),
  SHUTDOWN_TIMEOUT: joi.number().empty('').integer().min(0).default(10_000),
  ...httpVariables,
  ...kafkaVariables,
};

/** Builds the configuration from variables that have been checked. */
export function serviceConfig(variables: ServiceVariables): ServiceConfig {
  return {
    serviceName: variables.SERVICE_NAME,
    nodeEnv: variables.NODE_ENV,
    port: variables.PORT,
    host: variables.HOST,
    managementPort: variables.MANAGEMENT_PORT,
    databaseUrl: variables.DATABASE_URL,
    databaseDirectUrl: variables.DATABASE_DIRECT_URL ?? variables.DATABASE_URL,
    databasePoolMax: variables.DATABASE_POOL_MAX,
    logLevel: variables.LOG_LEVEL,
    shutdownTimeout: variables.SHUTDOWN_TIMEOUT,
    http: httpConfig(variables),
    kafka: kafkaConfig(variables),
  };
}
