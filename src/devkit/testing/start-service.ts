import { type Part, startParts, stopParts } from 'microservice-runtime';
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
  options: TestEnvironmentOptions = {},
): Promise<TestService> {
  const { environment, close: closeEnvironment, ...events } = await createTestEnvironment(options);
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
    return { ...events, ...createJsonClient(server.url, log.errorsOf), url: server.url, stop };
  } catch (error) {
    await close();
    throw error;
  }
}

/** `createLogger` writes to `logTo`. A configuration that cannot have it is left unchanged. */
const withLog = <Config>(config: Config, logTo: TestLog['stream']): Config =>
  Object.isExtensible(config) ? (Object.assign(config as object, { logTo }) as Config) : config;
