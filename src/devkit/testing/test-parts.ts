import path from 'node:path';
import { type TestServer, startTestServer } from './test-server.ts';

export interface TestPartsOptions {
  /** The service's folder. */
  root: string;
}

/** For mocha: `export const { mochaGlobalSetup, mochaGlobalTeardown } = testParts({ root })` in a required file. */
export interface TestParts {
  mochaGlobalSetup: () => Promise<void>;
  mochaGlobalTeardown: () => Promise<void>;
}

const servers = new Map<string, Promise<TestServer>>();

/** The server that all test files of a run share: one PostgreSQL with the service's migrations. */
export function testParts({ root }: TestPartsOptions): TestParts {
  return {
    mochaGlobalSetup: async () => void (await testServer(root)),
    mochaGlobalTeardown: async () => {
      const server = servers.get(path.resolve(root));
      servers.delete(path.resolve(root));
      await (await server)?.stop();
    },
  };
}

/** Returns the server of this process for the service at `root`; the first caller starts it. It ends with the process. */
export function testServer(root: string): Promise<TestServer> {
  const key = path.resolve(root);
  const known = servers.get(key);
  if (known) return known;
  const server = startTestServer(key);
  servers.set(key, server);
  server.catch(() => servers.delete(key));
  return server;
}
