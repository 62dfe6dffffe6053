import { didYouMean } from '../core/suggest.ts';
import { shownFolder } from '../core/shown-path.ts';
import { UsageError } from '../core/usage-error.ts';
import { seen } from '../outside/seen.ts';
import type { Place, Sibling } from '../output/place.ts';
import type { Flag } from '../questions/question.ts';

export const serviceFlag: Flag = {
  name: 'service',
  value: '<name>',
  help: 'the service to change, if this is not its folder',
};

/** Returns the name of a service in the name of its folder. */
export const serviceName = (folder: string): string => folder.trim().replace(/(?<=.)-service$/, '');

const nameIn = ({ answers }: Sibling) => String(answers['name']);

/**
 * Returns the name of the service that a command changes: the named one among `siblings`, or the one whose folder this is. Throws a
 * UsageError if there is none.
 */
export function findService(
  wanted: string | undefined,
  { current, cwd }: Place,
  { siblings, command }: { siblings: readonly Sibling[]; command: string },
): string {
  const names = siblings.map(nameIn);
  if (wanted !== undefined) {
    const name = serviceName(wanted);
    if (names.includes(name)) return name;
    const known = names.length > 0 ? `Services: ${names.join(', ')}` : 'This folder has no services';
    throw new UsageError(
      `--service: no service is named ${seen(wanted)}.${didYouMean(name, names)} ${known}`,
    );
  }
  if (current?.generator === 'service') return String(current.answers['name']);
  throw new UsageError(
    `"${command}" changes a service, and ${shownFolder(cwd)} is not the folder of one; run it in the folder of a service` +
      `${names.length > 0 ? `, or add --service <name> (${names.join(', ')})` : ''}. ` +
      `For a new service with this name: npm init microservice service ${command}`,
  );
}
