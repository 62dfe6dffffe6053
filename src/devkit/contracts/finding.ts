import type { EventContract } from './event-contract.ts';
import { eventName } from './event-contract.ts';
import type { Rule } from './schema/change.ts';

/** The kind of a difference between two contracts, beyond the schemas of their data. */
export type ContractRule =
  Rule | 'event-removed' | 'topic-changed' | 'aggregate-changed' | 'key-changed' | 'event-unpublished';

/** A change that breaks a service, or may do so. */
export interface ContractFinding {
  severity: 'error' | 'warning';
  rule: ContractRule;
  /** The event and its version: `user.created v1`. */
  event: string;
  /** The place in the data; empty for the event itself. */
  path: string;
  /** The change and its consequence. */
  message: string;
  /** The consumers that the change affects. */
  consumers: AffectedConsumer[];
}

export interface AffectedConsumer {
  service: string;
  /** Whether its schema names the field. */
  reads: boolean;
}

/** Returns the identity of a finding, to report it once. */
export const findingKey = ({ event, path, rule, message }: ContractFinding): string =>
  [event, path, rule, message].join('\n');

export const isSameEvent = (one: EventContract, other: EventContract): boolean =>
  eventName(one) === eventName(other);
