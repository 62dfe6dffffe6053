import type { EventContract, ServiceContract } from '../../contracts/event-contract.ts';

/** The facts about a service that its map needs, all from committed files. */
export interface MappedService {
  name: string;
  contract: ServiceContract;
  /** The name of its database. */
  database?: string;
  /** The HTTP APIs that it calls, with their addresses. */
  clients: { name: string; url?: string }[];
  sagas: string[];
  projections: string[];
  /** The port at which it listens in development. */
  port?: string;
}

export interface SystemEvent {
  type: string;
  topic: string;
  /** The published versions, else the consumed ones. */
  versions: number[];
  publishedBy: string[];
  consumedBy: string[];
}

/** The services of a workspace and the events between them. */
export interface SystemMap {
  services: Omit<MappedService, 'contract'>[];
  topics: string[];
  events: SystemEvent[];
  /** Events without a publisher or a consumer, and calls from service to service. */
  problems: MapProblem[];
}

export interface MapProblem {
  kind: 'unpublished' | 'unconsumed' | 'synchronous-call';
  text: string;
}

/** Returns the map of services, sorted by name, so that it is the same for the same contracts. */
export function systemMap(services: readonly MappedService[]): SystemMap {
  const events = eventsOf(services);
  const topics = [...new Set(events.map(({ topic }) => topic))].toSorted();
  return {
    services: services.map(({ contract: _contract, ...service }) => service),
    topics,
    events,
    problems: [...eventProblems(events), ...services.flatMap((service) => calls(service, services))],
  };
}

function eventsOf(services: readonly MappedService[]): SystemEvent[] {
  const found = new Map<string, SystemEvent & { consumedVersions: number[] }>();
  const at = ({ type, topic }: EventContract) => {
    const key = `${topic}\n${type}`;
    const event = found.get(key) ?? {
      ...{ type, topic, versions: [], consumedVersions: [], publishedBy: [], consumedBy: [] },
    };
    found.set(key, event);
    return event;
  };
  for (const { name, contract } of services) {
    for (const event of contract.published) add(at(event), 'publishedBy', 'versions', name, event.version);
    for (const event of contract.consumed)
      add(at(event), 'consumedBy', 'consumedVersions', name, event.version);
  }
  return [...found.values()]
    .map(({ consumedVersions, versions, ...event }) => ({
      ...event,
      versions: (versions.length > 0 ? versions : consumedVersions).toSorted((one, other) => one - other),
    }))
    .toSorted((one, other) => (`${one.topic} ${one.type}` < `${other.topic} ${other.type}` ? -1 : 1));
}

function add<Versions extends string, Names extends string>(
  event: Record<Versions, number[]> & Record<Names, string[]>,
  names: Names,
  versions: Versions,
  name: string,
  version: number,
): void {
  if (!event[names].includes(name)) event[names].push(name);
  if (!event[versions].includes(version)) event[versions].push(version);
}

/** Only the command `republish` publishes snapshots, for consumers that may come later. */
const isSnapshot = (type: string): boolean => type.endsWith('.snapshot');

function eventProblems(events: readonly SystemEvent[]): MapProblem[] {
  const unpublished = events
    .filter(({ publishedBy }) => publishedBy.length === 0)
    .map(({ type, topic, consumedBy }): MapProblem => {
      const text = `No service publishes ${type} in ${topic}, which ${consumedBy.join(', ')} consumes.`;
      return { kind: 'unpublished', text };
    });
  const unconsumed = events.filter(({ type, consumedBy }) => consumedBy.length === 0 && !isSnapshot(type));
  const publishers = new Set(unconsumed.flatMap(({ publishedBy }) => publishedBy));
  return [
    ...unpublished,
    ...[...publishers].map((name): MapProblem => {
      const types = unconsumed
        .filter(({ publishedBy }) => publishedBy.includes(name))
        .map(({ type }) => type);
      return { kind: 'unconsumed', text: `No service consumes ${types.join(', ')} of ${name}.` };
    }),
  ];
}

/** Services communicate by events only, since a call couples the availability of two services. */
function calls({ name, clients }: MappedService, services: readonly MappedService[]): MapProblem[] {
  return clients.flatMap(({ name: client, url }) => {
    const called = services.find(
      (other) => other.name !== name && url !== undefined && isAddressOf(other, url),
    );
    if (!called) return [];
    const text = `${name} calls ${called.name} over HTTP (client ${client}, ${url}). Consume its events instead.`;
    return [{ kind: 'synchronous-call', text }];
  });
}

/** In containers the name of a service is its host name; on a developer's machine its port is its own. */
function isAddressOf({ name, port }: MappedService, url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname, port: called } = new URL(url);
  const isLocal = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname);
  return isLocal ? port !== undefined && called === port : hostname.split('.')[0] === name;
}
