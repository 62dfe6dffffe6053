import { baseFileOf, readBase } from '../../output/base.ts';
import { UsageError } from '../../core/usage-error.ts';
import type { Client } from '../model/answers.ts';
import { typesFileOf } from './types.ts';

/**
 * Adds the types that the last run in `folder` wrote to the clients that this run has no new document for. Throws a UsageError with
 * the command that renews the types if they are lost.
 */
export async function withRememberedTypes(clients: readonly Client[], folder: string): Promise<Client[]> {
  const isComplete = ({ operations, types }: Client) => operations === undefined || types !== undefined;
  if (clients.every(isComplete)) return [...clients];
  const base = await readBase(folder);
  return clients.map((client) => {
    if (isComplete(client)) return client;
    const types = base.get(typesFileOf(client.name));
    if (types !== undefined) return { ...client, types };
    throw new UsageError(
      `${baseFileOf(typesFileOf(client.name))} is missing; restore it from git, or write npm init microservice client ${client.name} -- --openapi <file>`,
    );
  });
}
