import { completeEnvironment } from '../../dev/environment/environment-file.ts';
import { readDevEnvironment, sharedEnvironment } from '../../dev/environment/environment.ts';
import { createParts } from '../../dev/servers/parts.ts';
import type { Selection, Service } from '../../dev/services/services.ts';
import type { Say } from './run-in-each.ts';

/** The databases of services for the time of a command. */
export interface Databases {
  /** Opens the database of a service: if no server answers at its address, an embedded PostgreSQL, as `dev` does. */
  open: (service: Service, say: Say) => Promise<void>;
  /** Stops the servers that were started. */
  close: () => Promise<void>;
}

export function createDatabases({ workspace, services }: Selection): Databases {
  const silent = (): void => undefined;
  const parts = createParts(workspace, { say: silent, detail: silent });
  const given = services.length === 1 ? process.env : sharedEnvironment(process.env);
  return {
    async open({ root }, say) {
      if (process.env['NODE_ENV'] === 'production') return; // embedded servers are for development only
      const line = await completeEnvironment(root);
      if (line !== undefined) say(line);
      const { config } = await readDevEnvironment(root, given, say);
      await parts.database(root, config.databaseUrl, { say, detail: silent });
    },
    close: () => parts.stop(),
  };
}
