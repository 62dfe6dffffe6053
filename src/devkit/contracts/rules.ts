import type { Rule } from './schema/change.ts';

/**
 * The use of a schema, from its base to its head.
 * - `event`: the data of one version of an event. Consumers with the base read new events, and consumers with the head read old
 *   events, which are still in Kafka.
 * - `response`: clients with the base read new responses.
 * - `request`: clients with the base send requests, which the head must accept.
 * - `consumer`: the base is the schema of a consumer, and the head is that of the producer.
 */
export type Use = 'event' | 'response' | 'request' | 'consumer';

export type Verdict = 'error' | 'warning' | 'ok';

/** A reader with the base meets data that it does not accept. */
const widens: Record<Use, Verdict> = { event: 'error', response: 'error', request: 'ok', consumer: 'error' };
/** Data that was valid no longer is. */
const narrows: Record<Use, Verdict> = { event: 'error', response: 'ok', request: 'error', consumer: 'ok' };
/** It can be both. */
const both: Record<Use, Verdict> = { event: 'error', response: 'error', request: 'error', consumer: 'error' };
const neither: Record<Use, Verdict> = { event: 'ok', response: 'ok', request: 'ok', consumer: 'ok' };
/** The data stays valid, but a reader may have used the field. */
const loses: Record<Use, Verdict> = {
  event: 'warning',
  response: 'warning',
  request: 'warning',
  consumer: 'warning',
};

/**
 * The verdicts. A reader ignores fields that it does not know (the runtime's consumers do, and HTTP clients must:
 * https://www.rfc-editor.org/rfc/rfc9457#section-3.2 states the rule for problem details). Confluent calls the condition on events
 * FULL_TRANSITIVE compatibility (https://docs.confluent.io/platform/current/schema-registry/fundamentals/schema-evolution.html).
 * The direction of requests and responses is that of oasdiff (https://github.com/oasdiff/oasdiff/blob/main/docs/BREAKING-CHANGES.md).
 */
const verdicts: Record<Rule, Record<Use, Verdict>> = {
  'type-widened': widens,
  'type-narrowed': narrows,
  'type-changed': both,
  // a reader should expect values that it does not know (https://protobuf.dev/programming-guides/enum/); a consumer that lists the
  // values is compared with its own schema
  'enum-value-added': { ...widens, event: 'warning', response: 'warning' },
  'enum-value-removed': narrows,
  'enum-added': narrows,
  'enum-removed': widens,
  'property-added': neither,
  'property-refused': { event: 'error', response: 'ok', request: 'ok', consumer: 'error' },
  'required-property-added': narrows,
  'property-removed': loses,
  'closed-property-removed': narrows,
  'required-property-removed': { ...widens, request: 'warning' },
  'property-became-required': narrows,
  'property-became-optional': widens,
  'range-widened': widens,
  'range-narrowed': narrows,
  'pattern-added': narrows,
  'pattern-removed': widens,
  'pattern-changed': both,
  'format-added': narrows,
  'format-removed': widens,
  'format-changed': both,
  'object-opened': neither,
  'object-closed': narrows,
  'alternative-added': widens,
  'alternative-removed': narrows,
  'constraint-added': narrows,
  'constraint-removed': widens,
  'constraint-changed': both,
};

/** Returns the verdict about a change. */
export const verdictOn = (rule: Rule, use: Use): Verdict => verdicts[rule][use];
