import {
  type EventContract,
  eventName,
  readContract,
  type ServiceContract,
} from '../../contracts/event-contract.ts';
import { allServices, type Selection, type Service } from '../../dev/services/services.ts';
import { errorMessage } from '../../errors.ts';
import { contractFile, readContractOf } from './contract-file.ts';
import { baseCommit, changedFiles, git } from '../git/repository.ts';

export interface Affected {
  service: Service;
  /** Why its tests must run. */
  reason: string;
}

interface Seen {
  service: Service;
  files: string[];
  contract: ServiceContract | undefined;
  /** The events that it publishes now, and those that it published before a change of its contract. */
  published: EventContract[];
  /** Why the changes are unknown. */
  fault?: string;
}

/**
 * Returns the selected services whose tests a change in the workspace can affect: the services with changed files, and the consumers of a service whose
 * contract has changed, since services share contracts only. A service whose changes are unknown counts as changed.
 */
export async function affectedServices(selection: Selection, revision: string): Promise<Affected[]> {
  const all = await allServices(selection);
  const seen = await Promise.all(all.map((service) => look(service, revision)));
  const producers = seen.filter(({ files, fault }) => fault !== undefined || files.includes(contractFile));
  return seen.slice(0, selection.services.length).flatMap((one) => {
    const reason = changeOf(one) ?? consumptionOf(one, producers);
    return reason === undefined ? [] : [{ service: one.service, reason }];
  });
}

async function look(service: Service, revision: string): Promise<Seen> {
  const contract = await readContractOf(service.root).catch(() => undefined);
  const published = contract?.published ?? [];
  try {
    const base = await baseCommit(service.root, revision);
    const files = await changedFiles(service.root, base);
    const before = files.includes(contractFile) ? await publishedIn(service.root, base) : [];
    return { service, files, contract, published: [...published, ...before] };
  } catch (error) {
    return { service, files: [], contract, published, fault: errorMessage(error) };
  }
}

/** None if the commit has no contract that can be read. */
async function publishedIn(root: string, commit: string): Promise<EventContract[]> {
  try {
    return readContract(await git(root, 'show', `${commit}:./${contractFile}`)).published;
  } catch {
    return [];
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
    const producer = producers.find(({ published }) =>
      published.some((event) => event.type === type && event.topic === topic),
    );
    if (producer)
      return `consumes ${eventName({ type, version })} of ${producer.service.name}, which has changed`;
  }
  return undefined;
}
