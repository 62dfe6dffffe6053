import { type EventContract, eventName, type ServiceContract } from './event-contract.ts';
import { findingOf } from './compare-contracts.ts';
import { type AffectedConsumer, type ContractFinding, isSameEvent } from './finding.ts';
import { isObject, objectAt } from './schema/json.ts';
import { compareSchemas } from './schema/compare.ts';
import { schemaOf } from './schema/schema.ts';

/** A service and its contract. */
export interface NamedContract {
  name: string;
  contract: ServiceContract;
}

/**
 * Compares each event that `consumer` consumes with the published ones: the topic, and whether the events of every producer fit the
 * consumer's schema, since one topic can have several producers. Events of producers that are not among `producers` are unknown, and
 * have no finding. With `producer`, only its findings are returned.
 */
export function checkConsumer(
  consumer: NamedContract,
  producers: readonly NamedContract[],
  producer?: NamedContract,
): ContractFinding[] {
  const isWanted = ({ name }: PublishedEvent): boolean => producer === undefined || name === producer.name;
  return consumer.contract.consumed.flatMap((consumed) => {
    const published = producers.flatMap(({ name, contract }) =>
      contract.published.filter(({ type }) => type === consumed.type).map((event) => ({ name, event })),
    );
    if (!published.some(isWanted)) return [];
    const exact = published.filter(
      ({ event }) => isSameEvent(event, consumed) && event.topic === consumed.topic,
    );
    if (exact.length > 0) return exact.filter(isWanted).flatMap((each) => fitOf(consumer, consumed, each));
    const offered = published.map(({ name, event }) => `${eventName(event)} in ${event.topic} by ${name}`);
    const message = `nobody publishes it in ${consumed.topic}; published: ${offered.join(', ')}`;
    return [findingAbout(consumer, consumed, 'event-unpublished', message)];
  });
}

interface PublishedEvent {
  /** The producer. */
  name: string;
  event: EventContract;
}

function fitOf(
  consumer: NamedContract,
  consumed: EventContract,
  { event, name }: PublishedEvent,
): ContractFinding[] {
  const changes = compareSchemas(
    { document: consumed.document, schema: consumed.payload },
    { document: event.document, schema: event.payload },
  );
  const fits = changes
    .flatMap((change) => findingOf(change, consumed, 'consumer'))
    .map((finding) => ({
      ...finding,
      message: `${name} publishes data that ${consumer.name} does not expect: ${finding.message}`,
      consumers: [{ service: consumer.name, reads: true }],
    }));
  if (consumed.aggregate === undefined || consumed.aggregate === event.aggregate) return fits;
  const message = `${name} publishes it for the aggregate ${event.aggregate ?? 'unknown'}, and ${consumer.name} expects ${consumed.aggregate}`;
  return [...fits, findingAbout(consumer, consumed, 'aggregate-changed', message)];
}

const findingAbout = (
  { name }: NamedContract,
  event: EventContract,
  rule: ContractFinding['rule'],
  message: string,
): ContractFinding => ({
  severity: 'error',
  rule,
  contract: 'events',
  subject: eventName(event),
  path: '',
  message,
  consumers: [{ service: name, reads: true }],
});

/** Returns the services that consume the event of a finding, and whether their schemas name its field. */
export function consumersOf(
  { subject, path }: Pick<ContractFinding, 'subject' | 'path'>,
  services: readonly NamedContract[],
): AffectedConsumer[] {
  return services.flatMap(({ name, contract }) => {
    const consumed = contract.consumed.find((each) => eventName(each) === subject);
    if (!consumed) return [];
    return [{ service: name, reads: path === '' || names(consumed.document, consumed.payload, path) }];
  });
}

/** Reports whether a schema names the field at a path such as `lines[].price`. */
function names(document: unknown, schema: unknown, path: string): boolean {
  const steps = path.match(/\[\d*\]|[^.[\]]+/g) ?? [];
  let place: unknown = schema;
  for (const step of steps) {
    const found = schemaOf(document, place);
    if (found === false) return false;
    place = step.startsWith('[') ? found['items'] : objectAt(found, 'properties')[step];
    if (!isObject(place)) return false;
  }
  return true;
}
