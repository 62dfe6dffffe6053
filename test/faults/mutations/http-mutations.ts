import type { Mutation } from './mutation.ts';

/** The promises of HTTP to its clients. */
export const httpMutations: readonly Mutation[] = [
  {
    name: 'idle connections are closed at once',
    mechanism: 'A request that was sent before a service stops is answered.',
    changes: [
      {
        file: 'http/server/connections.ts',
        find: 'closeIdle(open, state, grace);',
        replace: 'closeIdle(open, state, Math.min(grace, 0));',
      },
    ],
    noticedBy: {
      file: 'runtime/http/shutdown.test.ts',
      title: 'loses no request of clients that continue until the server closes their connections',
    },
  },
  {
    name: 'If-Match is always met',
    mechanism: 'Of several changes with the same entity tag, only one succeeds.',
    changes: [
      {
        file: 'http/requests/entity-tags.ts',
        find: 'if (!wanted.includes(entityTag(current)))',
        replace: 'if (wanted.length === 0 && current)',
      },
    ],
    noticedBy: {
      file: 'runtime/http/entity-tags.test.ts',
      title: 'lets exactly one of many concurrent changes with the same tag succeed',
    },
  },
  {
    name: 'a number that loses digits is accepted',
    mechanism: 'A number in a body is stored with all its digits, or refused.',
    changes: [
      {
        file: 'http/requests/json-body.ts',
        find: 'if (faults.length > 0)',
        replace: 'if (faults.length < 0)',
      },
    ],
    noticedBy: {
      file: 'runtime/http/hostile-bodies.test.ts',
      title: 'answers 400 and names every number that a double cannot represent',
    },
  },
  {
    name: 'a text that PostgreSQL would alter is accepted',
    mechanism: 'A text in a body or an event is stored as it was sent, or refused.',
    changes: [
      {
        file: 'schemas/json-faults.ts',
        find: 'if (unstorable.test(value))',
        replace: 'if (unstorable.test(value) && faults.length < 0)',
      },
    ],
    noticedBy: {
      file: 'runtime/http/hostile-bodies.test.ts',
      title: 'answers 400 and names each text with NUL or a lone surrogate, property names included',
    },
  },
  {
    name: 'any host is answered',
    mechanism: 'In development, a service accepts only the host names of its machine.',
    changes: [
      {
        file: 'http/requests/local-address.ts',
        find: 'if (allowed === undefined) return () => true;',
        replace: 'if (!allowed?.length) return () => true;',
      },
    ],
    noticedBy: { file: 'runtime/http/allowed-hosts.test.ts', title: 'reaches no handler' },
  },
  {
    name: 'health shows details to every client',
    mechanism: 'Health returns states to every client, and reasons only to trusted ones.',
    changes: [
      { file: 'http/http-app.ts', find: 'mayKnow: isFromThisMachine', replace: 'mayKnow: () => true' },
    ],
    noticedBy: { file: 'runtime/http/health-details.test.ts', title: 'hide the states if' },
  },
  {
    name: 'a UUID keeps its capitals',
    mechanism: 'A row has one key, whatever the case of the UUID that a client sends.',
    changes: [{ file: 'schemas/fields.ts', find: 'text.toLowerCase(),', replace: 'text,' }],
    noticedBy: {
      file: 'runtime/schemas/fields.test.ts',
      title: 'uuidString converts to the form that PostgreSQL returns',
    },
  },
  {
    name: 'every error of any body is collected',
    mechanism: 'Validating a request or an event takes bounded time and returns bounded errors.',
    changes: [
      {
        file: 'schemas/bounded-validation.ts',
        find: 'errors > MAX_ERRORS',
        replace: 'errors > Infinity',
      },
    ],
    noticedBy: {
      file: 'runtime/http/hostile-bodies.test.ts',
      title: 'names only the first error of a body that has too many to report in time',
    },
  },
  {
    name: 'any number of property names is reported',
    mechanism: 'Invalid texts and numbers are found in linear time, and their number is limited.',
    changes: [
      {
        file: 'schemas/json-faults.ts',
        find: 'if (faults.length >= MAX_FAULTS) return;\n  const last',
        replace: 'const last',
      },
    ],
    noticedBy: {
      file: 'runtime/schemas/json-faults.test.ts',
      title: 'stops at the limit of reported faults, whatever the property names',
    },
  },
  {
    name: 'a page has as many bytes as its rows',
    mechanism: 'A page of a list has a limited size, and the pages contain each item once.',
    changes: [
      {
        file: 'schemas/page.ts',
        find: 'index > 0 && bytes > maxBytes',
        replace: 'index > 0 && bytes > Infinity',
      },
    ],
    noticedBy: {
      file: 'runtime/schemas/page.test.ts',
      title: 'the pages of a list have each of its items once, however large they are',
    },
  },
  {
    name: 'a schema of any size is registered',
    mechanism: 'A schema whose expansion would take gigabytes is refused, and the error names it.',
    changes: [
      {
        file: 'schemas/schema-bounds.ts',
        find: 'parts > MAX_PARTS ?',
        replace: 'parts > Infinity ?',
      },
    ],
    noticedBy: {
      file: 'runtime/schemas/schema-bounds.test.ts',
      title: 'is measured as expanded, in time proportional to its distinct parts',
    },
  },
  {
    name: 'untrusted text reaches the terminal',
    mechanism: 'Commands print no terminal control characters of an event.',
    changes: [
      {
        file: 'logging/terminal.ts',
        find: 'text.replaceAll(obeyed, escaped)',
        replace: 'text.replaceAll(obeyed, (each) => each)',
      },
    ],
    noticedBy: {
      file: 'runtime/commands/parked.test.ts',
      title: 'prints no control sequences of terminals, in any form of output',
    },
  },
];
