import { eventName, type ServiceContract } from '../../contracts/event-contract.ts';
import type { Selection, Service } from '../../dev/services/services.ts';
import { errorMessage } from '../../errors.ts';
import { contractFile, readContractOf } from './contract-file.ts';
import { baseCommit, changedFiles } from '../git/repository.ts';

export interface Affected {
  service: Service;
  /** Why its tests must run. */
  reason: string;
}

interface Seen {
  service: Service;
  files: string[];
  contract: ServiceContract | undefined;
  /** Why the changes are unknown. */
  fault?: string;
}

/**
 * Returns the services whose tests a change can affect: the services with changed files, and the consumers of a service whose
 * contract has changed, since services share contracts only. A service whose changes are unknown counts as changed.
 */
export async function affectedServices({ services }: Selection, revision: string): Promise<Affected[]> {
  const seen = await Promise.all(services.map((service) => look(service, revision)));
  const producers = seen.filter(({ files, fault }) => fault !== undefined || files.includes(contractFile));
  return seen.flatMap((one) => {
    const reason = changeOf(one) ?? consumptionOf(one, producers);
    return reason === undefined ? [] : [{ service: one.service, reason }];
  });
}

async function look(service: Service, revision: string): Promise<Seen> {
  const contract = await readContractOf(service.root).catch(() => undefined);
  try {
    const files = await changedFiles(service.root, await baseCommit(service.root, revision));
    return { service, files, contract };
  } catch (error) {
    return { service, files: [], contract, fault: errorMessage(error) };
  }
}

function changeOf({ files, fault }: Seen): string | undefined {
  if (fault !== undefined) return `its changes are unknown. ${fault}`;
  const [first, ...others] = files;
  if (first === undefined) return undefined;
  return others.length === 0 ? `${first} has changed` : `${first} and ${others.length} more have changed`;
}

function consumptionOf({ contract }: Seen, producers: Seen[]): string | undefined {
  for (const { type, version, topic } of contract?.consumed ?? []) {
    const producer = producers.find(({ contract: other }) =>
      other?.published.some((event) => event.type === type && event.topic === topic),
    );
    if (producer)
      return `consumes ${eventName({ type, version })} of ${producer.service.name}, which has changed`;
  }
  return undefined;
}
