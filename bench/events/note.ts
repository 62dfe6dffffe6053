import joi from 'joi';
import { defineEvent, readEnvironment, type ServiceConfig } from 'microservice-runtime';

/** The data of every event in the benchmark: its number, and 200 bytes of text. */
export interface Note {
  number: number;
  text: string;
}

export const text = 'x'.repeat(200);
export const keyOf = (number: number): string => `note-${number % 500}`;
export const partitions = Number(process.env['KAFKA_TOPIC_PARTITIONS'] || 6);

export const noteWrittenIn = (topic: string) =>
  defineEvent<Note>({
    type: 'note.written',
    version: 1,
    topic,
    aggregate: 'note',
    schema: joi.object({ number: joi.number().required(), text: joi.string().required() }),
  });

/** DATABASE_POOL_MAX and KAFKA_TOPIC_PARTITIONS of the benchmark are those of its services. */
export const configOf = (serviceName: string, databaseUrl: string, bootstrapServers: string): ServiceConfig =>
  readEnvironment({
    NODE_ENV: 'production',
    AUTH: 'none',
    SERVICE_NAME: serviceName,
    DATABASE_URL: databaseUrl,
    KAFKA_BOOTSTRAP_SERVERS: bootstrapServers,
    KAFKA_TOPIC_PARTITIONS: String(partitions),
    LOG_LEVEL: 'warn',
    DATABASE_POOL_MAX: process.env['DATABASE_POOL_MAX'],
  });
