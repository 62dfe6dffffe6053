import type { Mutation, NoticedBy } from './mutation.ts';

const schemas = '../devkit/contracts/schema';
const inTable = (title: string): NoticedBy => ({
  file: 'devkit/contracts/schema-changes.test.ts',
  source: 'devkit/contracts/schema-changes.ts',
  title,
});
const http = '../devkit/contracts/http';
const ofOperations = (title: string): NoticedBy => ({
  file: 'devkit/contracts/operation-changes.test.ts',
  source: 'devkit/contracts/operation-changes.ts',
  title,
});
const inContracts = (title: string): NoticedBy => ({ file: 'devkit/contracts/contracts.test.ts', title });
const inCheck = (title: string): NoticedBy => ({ file: 'devkit/workspace/check.test.ts', title });

/** The promises about the check of contracts. */
export const contractMutations: readonly Mutation[] = [
  {
    name: 'fields in objects are not compared',
    mechanism: 'A change of a field is found at any depth.',
    changes: [{ file: `${schemas}/compare.ts`, find: '...inner.flatMap(compareNested)', replace: '' }],
    noticedBy: inTable('a required field, deep'),
  },
  {
    name: 'a removed value of an enum is not noticed',
    mechanism: 'A value that old events have must stay valid.',
    changes: [
      { file: `${schemas}/values.ts`, find: '...missing(before, after).map(', replace: '...[].map(' },
    ],
    noticedBy: inTable('a removed value'),
  },
  {
    name: 'unknown keywords are not compared',
    mechanism: 'A keyword without a rule of its own must be equal on both sides.',
    changes: [{ file: `${schemas}/compare.ts`, find: 'textChanges, otherChanges]', replace: 'textChanges]' }],
    noticedBy: inTable('an unknown keyword'),
  },
  {
    name: 'references are compared by their text',
    mechanism: 'A reference is compared by its target, also in a keyword without a rule of its own.',
    changes: [
      {
        file: `${schemas}/schema.ts`,
        find: 'isOther(name) ? expanded(document, each) : each',
        replace: 'each',
      },
    ],
    noticedBy: inTable('the target of a reference in a negation'),
  },
  {
    name: 'recursive schemas are compared as equal',
    mechanism: 'A recursive schema is compared until it repeats itself.',
    changes: [
      {
        file: `${schemas}/compare.ts`,
        find: 'references !== undefined && active.has(references)',
        replace: 'references !== undefined',
      },
    ],
    noticedBy: inTable('a recursive schema'),
  },
  {
    name: 'a wider limit passes',
    mechanism: 'Consumers with the old schema can read every new event.',
    changes: [
      {
        file: '../devkit/contracts/rules.ts',
        find: "'range-widened': widens",
        replace: "'range-widened': neither",
      },
    ],
    noticedBy: {
      file: 'devkit/contracts/compatible-data.test.ts',
      title: 'keeps new events valid for the old schema, if it has no warning',
    },
  },
  {
    name: 'a narrower limit passes',
    mechanism: 'Consumers with the new schema can read every event that is still in Kafka.',
    changes: [
      {
        file: '../devkit/contracts/rules.ts',
        find: "'range-narrowed': narrows",
        replace: "'range-narrowed': neither",
      },
    ],
    noticedBy: {
      file: 'devkit/contracts/compatible-data.test.ts',
      title: 'keeps the old events in Kafka valid for the new schema',
    },
  },
  {
    name: 'only the newest release is compared',
    mechanism: 'A contract is compared with every state that was released.',
    changes: [
      { file: '../devkit/contracts/history.ts', find: 'of older)', replace: 'of older.slice(0, 0))' },
    ],
    noticedBy: inContracts('is compared with each of them, since their events are still in Kafka'),
  },
  {
    name: 'the topic is not compared',
    mechanism: 'A change of the topic, the aggregate or the key breaks consumers.',
    changes: [
      {
        file: '../devkit/contracts/compare-contracts.ts',
        find: 'before.topic !== after.topic',
        replace: 'before.topic === undefined',
      },
    ],
    noticedBy: inContracts('breaks consumers with another topic, aggregate or key'),
  },
  {
    name: 'a consumer gets any data',
    mechanism: 'Each published event is valid for the schema of each consumer.',
    changes: [
      {
        file: '../devkit/contracts/consumers.ts',
        find: "findingOf(change, consumed, 'consumer')",
        replace: '[]',
      },
    ],
    noticedBy: inContracts('misses a required field, and does not expect a value of another type'),
  },
  {
    name: 'an unreadable base passes',
    mechanism: 'The check fails if it cannot read a base.',
    changes: [
      {
        file: '../devkit/workspace/check/check-services.ts',
        find: 'faults.push(errorMessage(error));',
        replace: '',
      },
    ],
    noticedBy: inCheck('never passes if a base or a contract cannot be read'),
  },
  {
    name: 'an incomplete history passes',
    mechanism: 'The check fails if the history of the base is incomplete.',
    changes: [
      {
        file: '../devkit/workspace/check/released-contracts.ts',
        find: ".trim() === 'true'",
        replace: ".trim() === 'never'",
      },
    ],
    noticedBy: inCheck('never passes with an incomplete history'),
  },
  {
    name: 'a contract of a sibling that cannot be read is left out',
    mechanism: 'The check fails if it cannot read the contract of a possible consumer.',
    changes: [
      { file: '../devkit/workspace/check/check-services.ts', find: '[...known.unread]', replace: '[]' },
    ],
    noticedBy: inCheck('never passes if the contract of a sibling, which may be a consumer, cannot be read'),
  },
  {
    name: 'only the first producer of an event is compared',
    mechanism: 'A consumer is compared with every producer of an event.',
    changes: [
      {
        file: '../devkit/contracts/consumers.ts',
        find: 'exact.filter(isWanted)',
        replace: 'exact.slice(0, 1).filter(isWanted)',
      },
    ],
    noticedBy: inContracts('is compared with every producer of the event in its topic'),
  },
  {
    name: 'an acceptance does not end',
    mechanism: 'A breaking change is accepted until a date.',
    changes: [
      { file: '../devkit/workspace/check/accepted-changes.ts', find: 'until < today', replace: "until < ''" },
    ],
    noticedBy: inCheck('accepts a change until a date, with a reason'),
  },
  {
    name: 'a removed operation passes',
    mechanism: 'A removed HTTP operation breaks its callers.',
    changes: [{ file: `${http}/compare-http.ts`, find: '[removal(before)]', replace: '[]' }],
    noticedBy: ofOperations('a removed path'),
  },
  {
    name: 'a new required parameter passes',
    mechanism: 'A new required parameter breaks the callers that do not send it.',
    changes: [
      {
        file: `${http}/differences.ts`,
        find: "error('required-parameter-added'",
        replace: "warning('required-parameter-added'",
      },
    ],
    noticedBy: ofOperations('a new required parameter'),
  },
  {
    name: 'requests are compared as responses',
    mechanism: 'A request of an old client stays valid.',
    changes: [
      {
        file: `${http}/differences.ts`,
        find: "['request', 'body', compare]",
        replace: "['response', 'body', compare]",
      },
    ],
    noticedBy: ofOperations('a new required field of a request'),
  },
  {
    name: 'responses are compared as requests',
    mechanism: 'An old client can read every new response.',
    changes: [
      {
        file: `${http}/differences.ts`,
        find: "['response', path, compare]",
        replace: "['request', path, compare]",
      },
    ],
    noticedBy: ofOperations('a field of a response that becomes optional'),
  },
  {
    name: 'credentials are not compared',
    mechanism: 'Credentials that were sufficient stay sufficient.',
    changes: [{ file: `${http}/security.ts`, find: 'refused.length === 0', replace: 'refused.length >= 0' }],
    noticedBy: ofOperations('a token that becomes necessary'),
  },
];
