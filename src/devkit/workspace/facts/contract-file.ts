import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readContract, type ServiceContract } from '../../contracts/event-contract.ts';
import { DevError } from '../../dev/environment/dev-error.ts';
import { errorCode, errorMessage } from '../../errors.ts';

export const contractFile = 'asyncapi.json';

/** Returns the contract of the service at `root`. Rejects with a DevError that names the file and the remedy. */
export async function readContractOf(root: string): Promise<ServiceContract> {
  const file = path.join(root, contractFile);
  try {
    return readContract(await readFile(file, 'utf8'));
  } catch (cause) {
    const reason = errorCode(cause) === 'ENOENT' ? 'it does not exist' : errorMessage(cause);
    throw new DevError(`${file} cannot be read: ${reason}. Run npm run contracts in ${root}.`, { cause });
  }
}
