import type { Sibling } from '../../output/place.ts';
import type { GivenFlag } from '../../questions/question.ts';
import path from 'node:path';

const firstPort = { port: 8001, databasePort: 5432 };
/** The ports of a workspace, which no service gets: Kafka for the host and for containers, and the development issuer. */
const workspacePorts = new Map([
  [9092, 'Kafka'],
  [9093, 'Kafka'],
  [9400, 'the development issuer'],
]);

export type PortName = keyof typeof firstPort;

/** Returns the lowest port of its kind that no sibling uses. */
export function nextPort(kind: PortName, siblings: Sibling[], also: (number | undefined)[] = []): number {
  const taken = new Set([...siblings.flatMap(portsOf), ...workspacePorts.keys(), ...also]);
  let port = firstPort[kind];
  while (taken.has(port)) port += 1;
  return port;
}

/** Returns the reason why a number cannot be the port of a service or its database. */
export const portRangeFault = (port: number): string | undefined =>
  Number.isInteger(port) && port >= 1024 && port <= 65_535
    ? undefined
    : `${port} is not between 1024 and 65535`;

/** Returns the reason why a port cannot be assigned; undefined if it can. */
export function portFault(kind: PortName, port: number, siblings: Sibling[]): string | undefined {
  const range = portRangeFault(port);
  if (range) return range;
  const workspaceUse = workspacePorts.get(port);
  if (workspaceUse) return `${port} is the port of ${workspaceUse}; ${nextPort(kind, siblings)} is free`;
  const owner = siblings.find((sibling) => portsOf(sibling).includes(port));
  if (!owner) return undefined;
  return `${port} is already used by ${path.basename(owner.folder)}; ${nextPort(kind, siblings)} is free`;
}

interface Moment {
  /** The siblings when the questions were asked. */
  before: Sibling[];
  now: Sibling[];
  given: GivenFlag[];
}

/** Returns the answers with the ports that are free now, unless the user has chosen other ports than the proposed ones. */
export function withFreePorts<Answers extends Record<PortName, number>>(
  answers: Answers,
  { before, now, given }: Moment,
): Answers {
  const { port, databasePort } = answers;
  const said = (flag: string) => given.some((each) => each.flag === flag);
  const ownPort =
    said('port') || port !== nextPort('port', before) ? port : nextPort('port', now, [databasePort]);
  const proposed = nextPort('databasePort', before, [port]);
  const ownDatabasePort =
    said('database-port') || databasePort !== proposed
      ? databasePort
      : nextPort('databasePort', now, [ownPort]);
  return { ...answers, port: ownPort, databasePort: ownDatabasePort };
}

const portsOf = ({ answers }: Sibling) =>
  [answers['port'], answers['databasePort']].filter((port) => typeof port === 'number');
