import os from 'node:os';
import { type Address, addressText } from './address.ts';

export interface DatabaseAddress extends Address {
  url: string;
  user: string;
  password: string;
  database: string;
  /** The address without the password. */
  shown: string;
}

/** Reads `postgres://user:password@host:port/database`, with PostgreSQL's own defaults for what is left out. */
export function parseDatabaseUrl(databaseUrl: string): DatabaseAddress {
  const url = new URL(databaseUrl);
  const user = decodeURIComponent(url.username) || process.env['PGUSER'] || os.userInfo().username;
  const database = decodeURIComponent(url.pathname.slice(1)) || user;
  const host = url.hostname.replace(/^\[|\]$/g, '') || 'localhost';
  const port = Number(url.port || 5432);
  const shown = `postgres://${user}@${addressText({ host, port })}/${database}`;
  return {
    url: databaseUrl,
    host,
    port,
    user,
    password: decodeURIComponent(url.password),
    database,
    shown,
  };
}
