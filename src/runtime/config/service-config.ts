import joi from 'joi';
import { authConfig, authVariables, type AuthConfig, type AuthVariables } from './auth-config.ts';
import {
  databaseSettings,
  databaseVariables,
  type DatabaseSettings,
  type DatabaseVariables,
} from './database-config.ts';
import { idempotencyVariables, type IdempotencyVariables } from './idempotency-config.ts';
import { httpConfig, httpVariables, type HttpConfig, type HttpVariables } from './http-config.ts';
import { kafkaConfig, kafkaVariables, type KafkaConfig, type KafkaVariables } from './kafka-config.ts';
import { sagaConfig, sagaVariables, type SagaConfig, type SagaVariables } from './saga-config.ts';

/** The configuration of every service. */
export interface ServiceConfig extends DatabaseSettings {
  /** SERVICE_NAME: the source of its events, and its name in logs and database sessions. */
  serviceName: string;
  nodeEnv: 'development' | 'test' | 'production';
  port: number;
  /** The address to listen on; default: all addresses of the machine. */
  host?: string;
  /** The port of health and metrics; default: `port`. */
  managementPort?: number;
  logLevel: string;
  /** The longest shutdown, in ms. */
  shutdownTimeout: number;
  http: HttpConfig;
  /** The tokens that callers need; undefined if they need none. */
  auth?: AuthConfig;
  /** IDEMPOTENCY_SECRET: the key for the fingerprints of requests with an idempotency key. */
  idempotencySecret?: string;
  kafka: KafkaConfig;
  /** Default: 30 days for ended sagas, and 90 for requests. */
  sagas?: SagaConfig;
}

/** The validated variables of every service. */
export interface ServiceVariables
  extends
    AuthVariables,
    DatabaseVariables,
    HttpVariables,
    IdempotencyVariables,
    KafkaVariables,
    SagaVariables {
  NODE_ENV: ServiceConfig['nodeEnv'];
  PORT: number;
  HOST?: string;
  MANAGEMENT_PORT?: number;
  LOG_LEVEL: string;
  SHUTDOWN_TIMEOUT: number;
}

/** The rules for the variables of every service. */
export const serviceVariables: joi.SchemaMap = {
  SERVICE_NAME: joi
    .string()
    .empty('')
    .pattern(/^[a-z][a-z0-9-]*$/)
    .required()
    .messages({
      'any.required': 'is not set; set it to the name of the service, such as user-service',
      'string.pattern.base': 'must consist of lower-case letters, digits and hyphens, such as user-service',
    }),
  NODE_ENV: joi.string().empty('').valid('development', 'test', 'production').default('development'),
  PORT: joi.number().empty('').port().default(8000),
  HOST: joi.string().empty('').hostname(),
  MANAGEMENT_PORT: joi.number().empty('').port(),
  LOG_LEVEL: joi
    .string()
    .empty('')
    .valid('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent')
    .default('info'),
  SHUTDOWN_TIMEOUT: joi.number().empty('').integer().min(0).default(10_000),
  ...authVariables,
  ...databaseVariables,
  ...httpVariables,
  ...idempotencyVariables,
  ...kafkaVariables,
  ...sagaVariables,
};

export function serviceConfig(variables: ServiceVariables): ServiceConfig {
  return {
    serviceName: variables.SERVICE_NAME,
    nodeEnv: variables.NODE_ENV,
    port: variables.PORT,
    host: variables.HOST,
    managementPort: variables.MANAGEMENT_PORT,
    ...databaseSettings(variables),
    logLevel: variables.LOG_LEVEL,
    shutdownTimeout: variables.SHUTDOWN_TIMEOUT,
    http: httpConfig(variables),
    auth: authConfig(variables),
    idempotencySecret: variables.IDEMPOTENCY_SECRET,
    kafka: kafkaConfig(variables),
    sagas: sagaConfig(variables),
  };
}
