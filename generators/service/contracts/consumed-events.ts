import { didYouMean } from '../../core/suggest.ts';
import { seen } from '../../outside/seen.ts';
import { UsageError } from '../../core/usage-error.ts';
import type { ConsumedEvent } from '../model/answers.ts';

const fullName = ({ type, version }: ConsumedEvent) => `${type}.v${version}`;

/** Returns the label of an event: `user.created (user-service)`. */
export const offered = (event: ConsumedEvent): string =>
  `${event.type}${event.version === 1 ? '' : `.v${event.version}`} (${event.from})`;

/**
 * Selects the published events of these names; `user.created` is the newest version, `user.created.v1` is version 1. Throws a
 * UsageError that names events which nobody or more than one service publishes.
 */
export function selectEvents(names: string[], published: ConsumedEvent[]): ConsumedEvent[] {
  const selected = names.flatMap((name) => name.split(/[\s,]+/).filter((part) => part !== ''));
  return [...new Set(selected)].map((name) => selectEvent(name, published));
}

function selectEvent(name: string, published: ConsumedEvent[]): ConsumedEvent {
  const found = published
    .filter((event) => event.type === name || fullName(event) === name)
    .toSorted((one, other) => other.version - one.version);
  const [event] = found;
  if (!event) throw new UsageError(notPublished(name, published));
  const owners = [...new Set(found.map(({ from }) => from))];
  if (owners.length > 1)
    throw new UsageError(`"${name}" is published by ${owners.join(' and by ')}, but an event has one owner`);
  return event;
}

function notPublished(name: string, published: ConsumedEvent[]): string {
  if (published.length === 0) {
    return (
      `no known service publishes ${seen(name)}: no service beside this one has an asyncapi.json with events. ` +
      'Name a contract file with --contract path/to/asyncapi.json'
    );
  }
  const hint = didYouMean(
    name,
    published.map(({ type }) => type),
  );
  return `no known service publishes ${seen(name)}.${hint} Published: ${published.map(offered).join(', ')}. For another service, add --contract <file>`;
}
