import type { OwnEvent, Resource } from '../model/answers.ts';
import { nextVersion, removedVerb, resourceEvents, takenVerbs, versionOf } from '../model/resource-events.ts';
import { spelledCall } from './call/spelling.ts';

/** The names of the owner's events. Each resource keeps its events `created`, `updated` and `deleted`. */
export const ownTypes = ({ name, events = [] }: Resource): string[] =>
  events.filter(({ verb }) => !takenVerbs.includes(verb)).map(({ verb }) => `${name}.${verb}`);

/** The names of the versions that can be retired: `user.created.v1`, the oldest one of an event that has several. */
export const retirable = (resource: Resource): string[] =>
  resourceEvents(resource).flatMap(({ type, versions: [oldest, ...newer] }) =>
    oldest && newer.length > 0 ? [`${type}.v${oldest.version}`] : [],
  );

/** Returns the type and the version in a name such as `user.created.v1`; undefined for the name of an event. */
export function versionOfName(name: string): { type: string; version: number } | undefined {
  const [, type, version] = /^([^.]+\.[^.]+)\.v(\d+)$/.exec(name) ?? [];
  return type === undefined ? undefined : { type, version: Number(version) };
}

/** Returns the versions of the events of a resource, one of them retired. */
export const retired = (events: OwnEvent[], verb: string, version: number): OwnEvent[] => {
  const isIt = (event: OwnEvent) => event.verb === verb && versionOf(event) === version;
  const kept = events.some(isIt) ? events : [{ verb, version }, ...events];
  return kept.map((event) => (isIt(event) ? { ...event, retired: true } : event));
};

/** Returns the reason why an event of a resource, or a version of one, cannot be removed; undefined for an unknown event. */
export function whyEventStays(resources: readonly Resource[], name: string): string | undefined {
  const { type, version } = versionOfName(name) ?? { type: name, version: undefined };
  const [of, verb = ''] = type.split('.');
  const resource = resources.find((each) => each.name === of);
  const event = resource && resourceEvents(resource).find((each) => each.type === type);
  if (!event) return undefined;
  const numbers = event.versions.map((each) => each.version);
  const oldest = spelledCall(`remove event ${type} --version ${numbers[0]}`);
  if (version === undefined)
    return (
      `the event "${type}" is published for every change of the resource "${of}", and goes with it: ${spelledCall(`remove resource ${of}`)}` +
      (numbers.length > 1 ? `. Its oldest version can be removed: ${oldest}` : '')
    );
  const versions = `the event "${type}" has the version${numbers.length > 1 ? 's' : ''} ${numbers.join(', ')}`;
  if (numbers.length > 1) return `${versions}, and only the oldest one can be removed; write ${oldest}`;
  if (verb === removedVerb) return `${versions}, which cannot be removed`;
  const next = spelledCall(`event ${type} --version ${nextVersion(resource, verb)} --fields "..."`);
  return `${versions}, which can be removed once there is a newer one; write ${next}`;
}
