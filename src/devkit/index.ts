export { startBroker } from './broker/broker.ts';
export { startPostgres, type PostgresOptions, type PostgresServer } from './postgres/postgres.ts';
