import path from 'node:path';
import { logHooks } from './test-log.ts';
import { type TestServer, startTestServer } from './test-server.ts';

export interface TestPartsOptions {
  /** The service's folder. */
  root: string;
}

/** Mocha's global fixtures and root hooks: https://mochajs.org/next/features/global-fixtures/ */
export interface TestParts {
  mochaGlobalSetup: () => Promise<void>;
  mochaGlobalTeardown: () => Promise<void>;
  /** Print the log of a service when a test of it fails. */
  mochaHooks: typeof logHooks;
}

const servers = new Map<string, Promise<TestServer>>();

/**
 * The fixtures of a test run: the setup starts one PostgreSQL with the migrations of the service at `root`, which all test
 * files share, and the teardown stops it. Export them from a file that mocha loads with `--require`; mocha ignores the fixtures
 * of a file that it loads with `--import`. `microservice-devkit/testing/setup` exports those of the working directory.
 */
export function testParts({ root }: TestPartsOptions): TestParts {
  return {
    mochaHooks: logHooks,
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
