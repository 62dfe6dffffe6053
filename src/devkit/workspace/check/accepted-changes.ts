import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ContractFinding } from '../../contracts/finding.ts';
import { isObject, textAt } from '../../contracts/schema/json.ts';
import { DevError } from '../../dev/environment/dev-error.ts';
import { errorCode, errorMessage } from '../../errors.ts';

export const acceptedFile = 'accepted-changes.json';

/** A breaking change that the owner accepts until a date. */
export interface AcceptedChange {
  /** The event or the operation: `user.created v1`, `GET /v1/users`. */
  subject: string;
  /** The place in the data; empty for the event or the operation itself. */
  path: string;
  rule: string;
  /** The last day on which it is accepted: `2027-01-31`. */
  until: string;
  reason: string;
}

const members = ['path', 'rule', 'until', 'reason'] as const;

/** Returns the changes in the service's `accepted-changes.json`; none without the file. Rejects with a DevError that names the fault. */
export async function acceptedChanges(root: string): Promise<AcceptedChange[]> {
  const file = path.join(root, acceptedFile);
  try {
    const parsed: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (!Array.isArray(parsed)) throw new DevError('it is not a list');
    return parsed.map(accepted);
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return [];
    throw new DevError(`${file} cannot be read: ${errorMessage(cause)}`, { cause });
  }
}

function accepted(entry: unknown, index: number): AcceptedChange {
  const at = `entry ${index + 1}`;
  if (!isObject(entry)) throw new DevError(`${at} is not an object`);
  const [place, rule, until, reason] = members.map((name) => textAt(entry, name));
  const subject = textAt(entry, 'event') ?? textAt(entry, 'operation');
  if (!subject || place === undefined || !rule || !until || !reason)
    throw new DevError(
      `${at} needs "event" or "operation", and the texts ${members.map((name) => `"${name}"`).join(', ')}`,
    );
  if (!isDay(until))
    throw new DevError(`"until" of ${at} is "${until}", but must be a date such as 2027-01-31`);
  return { subject, path: place, rule, until, reason };
}

/** `Date` takes 2027-02-30 for March 2. */
function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === text;
}

/** Returns the acceptance of a finding, whether or not it has expired. */
export const acceptanceOf = (
  { subject, path: place, rule }: ContractFinding,
  changes: readonly AcceptedChange[],
): AcceptedChange | undefined =>
  changes
    .filter((change) => change.subject === subject && change.path === place && change.rule === rule)
    .toSorted((one, other) => (one.until < other.until ? 1 : -1))[0];

/** Reports whether the last day has passed, in UTC. */
export const isExpired = ({ until }: AcceptedChange, today: string): boolean => until < today;
