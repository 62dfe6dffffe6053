import { Client } from 'pg';

/** The target of a `pg` connection; a `host` that starts with a slash is the folder of a Unix socket. */
interface DatabaseAddress {
  user?: string | undefined;
  host: string;
  port: number;
  database?: string | undefined;
}

/** An example for error messages. It has no password, because messages are printed without the passwords of addresses. */
export const sampleAddress = 'postgres://user@localhost:5432/database (with a password: user:password@)';

const EXAMPLE = `must be an address such as ${sampleAddress}`;

/** Parses an address like pg does. Throws an Error that describes the fault without quoting the address. */
export function readDatabaseUrl(databaseUrl: string): DatabaseAddress {
  if (!/^postgres(ql)?:\/\//i.test(databaseUrl)) throw new Error(EXAMPLE);
  const hosts = databaseUrl.replace(/^\w+:\/\/([^/?#]*@)?/, '').split(/[/?#]/, 1)[0] ?? '';
  if (hosts.includes(','))
    throw new Error('names several hosts, but pg supports only one; use the host name of the primary');
  const address = parse(databaseUrl);
  if (address.host.includes(',')) throw new Error('names several hosts, but pg supports only one; use one');
  return address;
}

/** Does not keep Node's error as the cause, since that contains the password. */
function parse(databaseUrl: string): DatabaseAddress {
  const parsed = tryParse(databaseUrl);
  if (!(parsed instanceof Error)) return parsed;
  if ('path' in parsed && 'code' in parsed)
    throw new Error(`names a file that cannot be read (${String(parsed.code)}): ${String(parsed.path)}`);
  throw new Error(
    `${EXAMPLE}; percent-encode every character of the user and the password that is not a letter or a digit`,
  );
}

function tryParse(databaseUrl: string): DatabaseAddress | Error {
  try {
    return new Client({ connectionString: databaseUrl });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Returns a database address for printing: user, host, port and database, never the password. */
export function printableAddress(databaseUrl: string): string {
  try {
    const { user, host, port, database } = readDatabaseUrl(databaseUrl);
    const name = user ? `${user}@` : '';
    if (host.startsWith('/')) return `postgres://${name}/${database}?host=${host}`;
    return `postgres://${name}${host.includes(':') ? `[${host}]` : host}:${port}/${database}`;
  } catch {
    return 'an invalid address';
  }
}
