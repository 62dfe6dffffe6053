import { UsageError } from '../../core/usage-error.ts';
import type { OwnEvent, Resource } from '../model/answers.ts';
import { inEvent } from '../events/next-state.ts';
import { oneVersionFault } from '../events/own-event-rules.ts';
import { formatFields, grammarFault, parseFields } from '../fields/grammar.ts';
import { nextVersion, removedVerb, resourceEvents, type ResourceEvent } from '../model/resource-events.ts';
import { askFields } from './call/ask-fields.ts';
import type { CommandCall } from './call/command.ts';
import { textsOf } from './call/given.ts';
import { missing, spelledCall, unknownPart } from './call/spelling.ts';

const example = '--version 2 --fields "..."';

/** Returns the number of `--version`; undefined if it is not given. Throws a UsageError for any other text. */
export function versionIn(call: Pick<CommandCall, 'given'>): number | undefined {
  const text = textsOf(call, 'version');
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new UsageError(
    `--version is ${JSON.stringify(text)}, not the number of a version; write --version 2`,
  );
}

/** Refuses an event that exists, and names the way to its next version. */
export function refuseExisting(resource: Resource, verb: string): void {
  const type = `${resource.name}.${verb}`;
  if (resourceEvents(resource).every((event) => event.type !== type) || verb === removedVerb) return;
  throw new UsageError(
    `the event "${type}" exists already; choose another verb, or add its next version: ` +
      spelledCall(`event ${type} --version ${nextVersion(resource, verb)} --fields "..."`),
  );
}

/**
 * Returns the events of a resource with the next version of one of them. Throws a UsageError if the event does not exist, for any
 * other version than the next one, and without the data of the version.
 */
export async function withVersion(
  resource: Resource,
  verb: string,
  version: number,
  call: CommandCall,
): Promise<OwnEvent[]> {
  const type = `${resource.name}.${verb}`;
  const event = eventOf(resource, type);
  if (verb === removedVerb) throw new UsageError(oneVersionFault(resource.name));
  const next = nextVersion(resource, verb);
  if (version !== next)
    throw new UsageError(
      `the next version of the event "${type}" is ${next}, not ${version}; write ${spelledCall(`event ${type} --version ${next} --fields "..."`)}`,
    );
  const fields = await fieldsOf(resource, event, version, call);
  return [...(resource.events ?? []), { verb, version, fields }];
}

function eventOf(resource: Resource, type: string): ResourceEvent {
  const events = resourceEvents(resource);
  const found = events.find((event) => event.type === type);
  if (found) return found;
  throw unknownPart(
    'event',
    type,
    events.map((event) => event.type),
  );
}

async function fieldsOf(resource: Resource, event: ResourceEvent, version: number, call: CommandCall) {
  const text = textsOf(call, 'fields');
  if (text !== undefined) return parseFields(text);
  if (!call.ask)
    throw missing(
      `version ${version} of the event "${event.type}" needs its data besides the id`,
      `event ${event.type} ${example.replace('2', String(version))}`,
    );
  const newest = event.versions.at(-1);
  const present =
    newest?.data === 'state' ? resource.fields.filter(({ secret }) => !secret) : (newest?.fields ?? []);
  const proposed = formatFields(present.map(inEvent));
  const message = `The data of version ${version} besides the id`;
  return askFields(call.ask, message, proposed, grammarFault);
}
