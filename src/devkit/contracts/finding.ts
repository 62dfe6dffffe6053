import type { EventContract } from './event-contract.ts';
import { eventName } from './event-contract.ts';
import type { Rule } from './schema/change.ts';

/** The kind of a difference between two HTTP operations, beyond the schemas of their data. */
export type HttpRule =
  | 'operation-removed'
  | 'access-narrowed'
  | 'required-parameter-added'
  | 'parameter-became-required'
  | 'parameter-removed'
  | 'default-changed'
  | 'body-became-required'
  | 'body-removed'
  | 'media-type-removed'
  | 'response-removed'
  | 'response-header-removed';

/** The kind of a difference between two contracts, beyond the schemas of their data. */
export type ContractRule =
  | Rule
  | HttpRule
  | 'event-removed'
  | 'topic-changed'
  | 'aggregate-changed'
  | 'key-changed'
  | 'event-unpublished';

/** A change that breaks a service, or may do so. */
export interface ContractFinding {
  severity: 'error' | 'warning';
  rule: ContractRule;
  contract: 'events' | 'http';
  /** The event and its version, or the operation: `user.created v1`, `GET /v1/users`. */
  subject: string;
  /** The place in the data; empty for the event or the operation itself. */
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
export const findingKey = ({ subject, path, rule, message }: ContractFinding): string =>
  [subject, path, rule, message].join('\n');

export const isSameEvent = (one: EventContract, other: EventContract): boolean =>
  eventName(one) === eventName(other);
