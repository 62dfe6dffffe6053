import { type EventContract, eventName, type ServiceContract } from './event-contract.ts';
import { type ContractRule, type ContractFinding, isSameEvent } from './finding.ts';
import { type Use, verdictOn } from './rules.ts';
import type { SchemaChange } from './schema/change.ts';
import { compareSchemas } from './schema/compare.ts';

/** Compares the published events of two states of a contract. Returns the changes that break a consumer, or may do so. */
export function compareContracts(base: ServiceContract, head: ServiceContract): ContractFinding[] {
  return base.published.flatMap((before) => {
    const after = head.published.find((event) => isSameEvent(event, before));
    return after ? compareEvents(before, after) : [removal(before, head)];
  });
}

function compareEvents(before: EventContract, after: EventContract): ContractFinding[] {
  const changes = compareSchemas(
    { document: before.document, schema: before.payload },
    { document: after.document, schema: after.payload },
  );
  return [
    ...streamFindings(before, after),
    ...keyFindings(before, after),
    ...changes.flatMap((change) => findingOf(change, after, 'event')),
  ];
}

const removal = (event: EventContract, head: ServiceContract): ContractFinding => {
  const newer = head.published.find(({ type, version }) => type === event.type && version > event.version);
  const remedy = newer
    ? `Publish it together with ${eventName(newer)} until no service consumes it`
    : 'Publish it until no service consumes it';
  return {
    severity: 'error',
    rule: 'event-removed',
    contract: 'events',
    subject: eventName(event),
    path: '',
    message: `the event is no longer published. ${remedy}`,
    consumers: [],
  };
};

/** Consumers subscribe to a topic, and depend on the order of events with one key. */
function streamFindings(before: EventContract, after: EventContract): ContractFinding[] {
  const finding = (rule: ContractRule, message: string): ContractFinding => ({
    severity: 'error',
    rule,
    contract: 'events',
    subject: eventName(after),
    path: '',
    message,
    consumers: [],
  });
  const findings: ContractFinding[] = [];
  if (before.topic !== after.topic)
    findings.push(
      finding(
        'topic-changed',
        `the topic is ${after.topic}, and was ${before.topic}, to which consumers subscribe`,
      ),
    );
  if (before.aggregate !== after.aggregate)
    findings.push(
      finding(
        'aggregate-changed',
        `the aggregate is ${after.aggregate ?? 'unknown'}, and was ${before.aggregate ?? 'unknown'}, whose id is the key`,
      ),
    );
  return findings;
}

/** Events of one key are in order only if all of them have the same form of key. */
function keyFindings(before: EventContract, after: EventContract): ContractFinding[] {
  const changes = compareSchemas(
    { document: before.document, schema: before.key ?? true },
    { document: after.document, schema: after.key ?? true },
  );
  return changes
    .filter(({ rule }) => verdictOn(rule, 'event') === 'error')
    .map(({ path, text }) => ({
      severity: 'error',
      rule: 'key-changed',
      contract: 'events',
      subject: eventName(after),
      path: '',
      message: `the key has changed: ${path === '' ? '' : `${path}: `}${text}`,
      consumers: [],
    }));
}

/** Returns the finding about a change; none if it breaks nothing. */
export function findingOf(change: SchemaChange, event: EventContract, use: Use): ContractFinding[] {
  const severity = verdictOn(change.rule, use);
  if (severity === 'ok') return [];
  const { rule, path, text } = change;
  return [
    { severity, rule, contract: 'events', subject: eventName(event), path, message: text, consumers: [] },
  ];
}
