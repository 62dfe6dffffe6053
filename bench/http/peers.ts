import { withPackages } from '../packages.ts';
import { compileSide, type CompiledSide } from './compile-sides.ts';

/** The peers' packages, and those of the shared SQL in the versions of this repository. */
const dependencies = {
  '@fastify/etag': '6.2.0',
  '@fastify/helmet': '13.2.0',
  '@nestjs/common': '11.2.10',
  '@nestjs/core': '11.2.10',
  '@nestjs/platform-express': '11.2.10',
  'class-transformer': '0.5.1',
  'class-validator': '0.15.1',
  fastify: '5.12.8',
  helmet: '8.3.0',
  knex: '3.3.0',
  'nestjs-pino': '4.6.1',
  pg: '8.23.1',
  pino: '10.4.0',
  'pino-http': '11.0.0',
  'prom-client': '15.1.3',
  'reflect-metadata': '0.2.2',
  rxjs: '7.8.2',
};

/** Runs `work` with a temporary folder that contains the peers' packages. */
export const withPeers = (work: (home: string) => Promise<void>): Promise<void> =>
  withPackages(dependencies, work);

/** Compiles NestJS 11 and Fastify 5, each with the features of the generated service, to run on the packages in `home`. */
export const compilePeers = (home: string): Promise<CompiledSide[]> =>
  Promise.all(['nestjs', 'fastify'].map((name) => compileSide({ name, source: `peers/${name}.mts`, home })));
