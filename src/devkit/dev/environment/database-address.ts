import os from 'node:os';
import { Client } from 'pg';
import { type Address, addressText } from './address.ts';

export interface DatabaseAddress extends Address {
  url: string;
  user: string;
  password: string;
  database: string;
  /** The address without the password. */
  shown: string;
}

/** Parses an address like pg does, with PostgreSQL's defaults for missing parts. */
export function parseDatabaseUrl(databaseUrl: string): DatabaseAddress {
  const client = new Client({ connectionString: databaseUrl });
  const { host, port } = client;
  const user = client.user || os.userInfo().username;
  const database = client.database || user;
  const shown = `postgres://${user}@${addressText({ host, port })}/${database}`;
  return {
    url: databaseUrl,
    host,
    port,
    user,
    password: client.password ?? '',
    database,
    shown,
  };
}
