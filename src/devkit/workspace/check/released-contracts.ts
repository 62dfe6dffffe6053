import { readContract } from '../../contracts/event-contract.ts';
import { type HttpContract, readHttpContract } from '../../contracts/http/http-contract.ts';
import type { ReleasedContract } from '../../contracts/history.ts';
import { DevError } from '../../dev/environment/dev-error.ts';
import { errorMessage } from '../../errors.ts';
import { apiFile, contractFile } from '../facts/contract-file.ts';
import { baseCommit, git } from '../git/repository.ts';

/**
 * Returns the states of the service's `asyncapi.json` up to the commit at which the work tree left `revision`, newest first; none if
 * it did not exist. Rejects with a DevError if a state cannot be read, or if the history is incomplete.
 */
export async function releasedContracts(root: string, revision: string): Promise<ReleasedContract[]> {
  const base = await baseCommit(root, revision);
  if ((await git(root, 'rev-parse', '--is-shallow-repository')).trim() === 'true')
    throw new DevError(
      `The history of ${root} is incomplete, so earlier states of ${contractFile} are unknown. Run git fetch --unshallow, or in CI check out with fetch-depth: 0.`,
    );
  const log = await git(root, 'log', '--format=%H %cs', '--first-parent', base, '--', contractFile);
  const commits = log.split('\n').filter(Boolean);
  const states: ReleasedContract[] = [];
  for (let at = 0; at < commits.length; at += atOnce) {
    const found = await Promise.all(commits.slice(at, at + atOnce).map((line) => stateAt(root, line)));
    states.push(...found.filter((state) => state !== undefined));
  }
  return states;
}

/**
 * Returns the HTTP operations in the service's `openapi.json` of the commit at which the work tree left `revision`; undefined if it
 * did not exist. Earlier states do not count: a caller sends its requests to the present service only. Rejects with a DevError if it
 * cannot be read.
 */
export async function releasedHttpContract(
  root: string,
  revision: string,
): Promise<HttpContract | undefined> {
  const base = await baseCommit(root, revision);
  return contractAt(root, { commit: base, file: apiFile, label: base.slice(0, 10) }, readHttpContract);
}

/** A long history must not start more programs at once than the system allows. */
const atOnce = 4;

/** Undefined if the commit does not have the file. */
async function stateAt(root: string, line: string): Promise<ReleasedContract | undefined> {
  const [commit = '', date = ''] = line.split(' ');
  const label = `${commit.slice(0, 10)} of ${date}`;
  const contract = await contractAt(root, { commit, file: contractFile, label }, readContract);
  return contract && { contract, label };
}

interface Committed {
  commit: string;
  file: string;
  /** The commit in messages. */
  label: string;
}

/** Undefined if the commit does not have the file. */
async function contractAt<Contract>(
  root: string,
  { commit, file, label }: Committed,
  read: (text: string) => Contract,
): Promise<Contract | undefined> {
  const listed = await git(root, 'ls-tree', '--name-only', commit, '--', file);
  if (listed === '') return undefined;
  try {
    return read(await git(root, 'show', `${commit}:./${file}`));
  } catch (cause) {
    throw new DevError(`${file} in commit ${label} cannot be read: ${errorMessage(cause)}`, { cause });
  }
}
