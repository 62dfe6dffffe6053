import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readContract, type ServiceContract } from '../../contracts/event-contract.ts';
import { type HttpContract, readHttpContract } from '../../contracts/http/http-contract.ts';
import { DevError } from '../../dev/environment/dev-error.ts';
import { errorCode, errorMessage } from '../../errors.ts';

export const contractFile = 'asyncapi.json';
export const apiFile = 'openapi.json';

/** Returns the events of the service at `root`. Rejects with a DevError that names the file and the remedy. */
export const readContractOf = (root: string): Promise<ServiceContract> =>
  readFileOf(root, contractFile, readContract);

/** Returns the HTTP operations of the service at `root`. Rejects with a DevError that names the file and the remedy. */
export const readHttpContractOf = (root: string): Promise<HttpContract> =>
  readFileOf(root, apiFile, readHttpContract);

async function readFileOf<Contract>(
  root: string,
  name: string,
  read: (text: string) => Contract,
): Promise<Contract> {
  const file = path.join(root, name);
  try {
    return read(await readFile(file, 'utf8'));
  } catch (cause) {
    const reason = errorCode(cause) === 'ENOENT' ? 'it does not exist' : errorMessage(cause);
    throw new DevError(`${file} cannot be read: ${reason}. Run npm run contracts in ${root}.`, { cause });
  }
}
