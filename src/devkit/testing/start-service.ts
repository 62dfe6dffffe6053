import { type Part, startParts, stopParts } from 'microservice-runtime';
import type { Caller } from '../issuer/sign-token.ts';
import { type JsonClient, createJsonClient } from './json-client.ts';
import { type TestEnvironmentOptions, createTestEnvironment } from './test-environment.ts';
import type { TestEvents } from './test-events.ts';
import { openTestLog, type TestLog } from './test-log.ts';

/** The service under test, and the events of other services that the test simulates. */
export interface TestService extends JsonClient, Omit<TestEvents, 'close'> {
  /** The address of the service, such as `http://127.0.0.1:41234`. */
  url: string;
  /** Stops the service, and removes its database and its broker. Safe to repeat. */
  stop: () => Promise<void>;
}

export interface StartOptions extends TestEnvironmentOptions {
  /** The caller of each request that names no other one; default: requests have no token. */
  as?: Caller;
}

/** The parts of a service, in the order of their start. */
export interface CreatedService {
  readonly server: { readonly url: string };
  readonly parts: readonly Part[];
}

/**
 * Starts a service in this process, with its own port, database and broker: `startService(createService, readConfig)`.
 * `readConfig` receives the variables of a test environment. To pass a dependency, wrap `createService`. Rejects if a part
 * cannot start.
 */
export async function startService<Config>(
  createService: (config: Config) => CreatedService,
  readConfig: (environment: Record<string, string>) => Config,
  { as: usual, ...options }: StartOptions = {},
): Promise<TestService> {
  const { environment, tokenFor, close: closeEnvironment, ...events } = await createTestEnvironment(options);
  const log = openTestLog();
  const close = async () => {
    log.close();
    await closeEnvironment();
  };
  try {
    const { server, parts } = createService(withLog(readConfig(environment), log.stream));
    await startParts(parts);
    const stop = async () => {
      try {
        await stopParts(parts);
      } finally {
        await close();
      }
    };
    const authorizationOf = (caller: Caller | null = usual ?? null): Record<string, string> =>
      caller ? { authorization: `Bearer ${tokenFor(caller)}` } : {};
    const client = createJsonClient(server.url, { errorsOf: log.errorsOf, authorizationOf });
    return { ...events, ...client, url: server.url, stop };
  } catch (error) {
    await close();
    throw error;
  }
}

/** `createLogger` writes to `logTo`. A configuration that cannot have it is left unchanged. */
const withLog = <Config>(config: Config, logTo: TestLog['stream']): Config =>
  Object.isExtensible(config) ? (Object.assign(config as object, { logTo }) as Config) : config;
