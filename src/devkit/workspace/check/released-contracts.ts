import { readContract } from '../../contracts/event-contract.ts';
import type { ReleasedContract } from '../../contracts/history.ts';
import { DevError } from '../../dev/environment/dev-error.ts';
import { errorMessage } from '../../errors.ts';
import { contractFile } from '../facts/contract-file.ts';
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
  const states = await Promise.all(commits.map((line) => stateAt(root, line)));
  return states.flatMap((state) => (state ? [state] : []));
}

/** Undefined if the commit has deleted the file. */
async function stateAt(root: string, line: string): Promise<ReleasedContract | undefined> {
  const [commit = '', date = ''] = line.split(' ');
  const listed = await git(root, 'ls-tree', '--name-only', commit, '--', contractFile);
  if (listed === '') return undefined;
  const label = `${commit.slice(0, 10)} of ${date}`;
  try {
    return { contract: readContract(await git(root, 'show', `${commit}:./${contractFile}`)), label };
  } catch (cause) {
    throw new DevError(`${contractFile} in commit ${label} cannot be read: ${errorMessage(cause)}`, {
      cause,
    });
  }
}
