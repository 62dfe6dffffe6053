import path from 'node:path';
import { lockFile } from '../../broker/directory-lock.ts';
import { ownFolderName } from '../../own-folder.ts';
import { readHolder } from '../../processes/directory-lock.ts';
import { findPortHolder } from '../../processes/port-holder.ts';
import { workingDirectory } from '../../processes/working-directory.ts';
import { type Address, addressText, isListening, isLocal } from '../environment/address.ts';
import { DevError } from '../environment/dev-error.ts';
import { findWorkspace } from '../environment/workspace.ts';

/** The `dev` of another folder whose embedded broker has an address. */
export interface BrokerOwner {
  pid: number;
  /** The folder with the log of the broker: a workspace, or a service that does not belong to one. */
  folder: string;
  isWorkspace: boolean;
}

const silent = (): void => undefined;

/**
 * Returns the `dev` whose embedded broker listens at an address of this machine; undefined if it is another server, or if this
 * user cannot determine it.
 */
export async function findBrokerOwner(address: Address): Promise<BrokerOwner | undefined> {
  if (!isLocal(address)) return undefined;
  const holder = await findPortHolder(address.port);
  const place = holder && (await workingDirectory(holder.pid));
  if (!holder || !place) return undefined;
  const workspace = await findWorkspace(place, silent);
  const folder = workspace ?? place;
  const lock = await readHolder(lockFile(path.join(folder, ownFolderName, 'kafka')));
  if (lock?.pid !== holder.pid || lock.port !== address.port) return undefined;
  return { pid: holder.pid, folder, isWorkspace: workspace !== undefined };
}

export const ownerText = ({ pid, folder }: BrokerOwner): string =>
  `embedded, shared with process ${pid} in ${folder}`;

/**
 * Throws a DevError if the owner and `folder` are two workspaces: topics and groups have the same names in both, so their services
 * would handle each other's events. Services in folders of their own share a broker to exchange events.
 */
export async function assertMayShare(owner: BrokerOwner, address: Address, folder: string): Promise<void> {
  if (!owner.isWorkspace || (await findWorkspace(folder, silent)) !== folder) return;
  const place = addressText(address);
  const own = await addressOfOwn(address);
  throw new DevError(
    `KAFKA_BOOTSTRAP_SERVERS: the broker at ${place} belongs to another workspace, ${owner.folder} (process ${owner.pid}), and the services of both would handle each other's events. Set KAFKA_BOOTSTRAP_SERVERS=${own} in the .env of each service of this workspace, or stop that process.`,
  );
}

/** The next address, in steps of 100 ports, where nothing listens. */
async function addressOfOwn({ host, port }: Address): Promise<string> {
  const next = { host, port: port + 100 > 65_000 ? 9_092 : port + 100 };
  return (await isListening(next)) ? addressOfOwn(next) : addressText(next);
}
