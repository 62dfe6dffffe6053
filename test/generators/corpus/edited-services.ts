import path from 'node:path';
import { calls, type Call } from './calls.ts';
import type { Edit } from './edits/edit.ts';
import { edits } from './edits/edits.ts';
import { firstVersion } from './first-version.ts';

/** The edits of one service, and the commands that its owner calls afterwards. */
export interface Plan {
  edits: Edit[];
  calls: { name: string; args: string[] }[];
}

const SERVICES = 4;
const EDITS = 8;
const CALLS = 6;

const later: Readonly<Record<string, Call>> = {
  'event-version': {
    command: 'event',
    words: ['order.created'],
    given: { version: '2', fields: 'code:string total:decimal(20,6)' },
  },
  api: { command: 'resource', words: ['order'], given: { api: 'v2' } },
  client: { command: 'client', words: ['tax'], given: { url: 'https://tax.example.com' } },
  command: { command: 'command', words: ['count-orders'] },
};

const allCalls = Object.entries({ ...calls, ...later });

/** Edits that fail a generated test or `prettier --check`, whatever the command. */
const failing = [
  'a-contract-by-name',
  'a-copied-field-dropped',
  'a-route-removed',
  'an-archive-instead-of-a-delete',
  'another-lock', // A concurrent change gets 503 instead of 412.
  'one-more-column',
  'own-route-first',
];

/**
 * Commands after which the owner has to continue the edit: register events in the array, add the field to version 2, use the new
 * name there, or log the event of version 2.
 */
const byHand: Readonly<Record<string, readonly string[]>> = {
  'contracts-as-an-array': ['resource', 'event', 'event-version', 'remove', 'remove-event'],
  'a-field-by-hand': ['api'],
  'a-field-by-hand-first': ['api'],
  'a-renamed-method': ['api'],
  'a-publisher-with-a-log': ['event-version'],
};

const argumentsOf = ({ command, words = [], given = {} }: Call): string[] => {
  const flags = Object.entries(given).flatMap(([flag, value]) =>
    value === true ? [`--${flag}`] : [`--${flag}`, value],
  );
  const [aggregate] = words[0]?.split('.') ?? [];
  const contract = path.join(firstVersion, 'contracts', `${aggregate}.json`);
  return [command, ...words, ...flags, ...(command === 'consumer' ? ['--contract', contract] : [])];
};

/** The services take turns at the commands: together they call each one at least once. */
const callsOf = (service: number) =>
  Array.from({ length: CALLS }, (_, index) => allCalls[(service * CALLS + index) % allCalls.length]!);

/** The edits of a service change different files, and no command needs a decision of the owner. */
function fits(edit: Edit, service: Plan): boolean {
  const taken = service.edits.flatMap(({ files }) => Object.keys(files));
  const undecided = [
    ...(edit.usesRemoved ?? []),
    ...Object.keys(edit.conflicts ?? {}),
    ...(byHand[edit.name] ?? []),
  ];
  return (
    service.edits.length < EDITS &&
    !edit.allowedErrors &&
    !Object.keys(edit.files).some((file) => taken.includes(file)) &&
    !undecided.includes('*') &&
    !service.calls.some(({ name }) => undecided.includes(name))
  );
}

/** The greedy choice is deterministic: each edit goes to the service with the fewest edits that it fits. */
export const plans: readonly Plan[] = planned();

function planned(): Plan[] {
  const services = Array.from({ length: SERVICES }, (_, index): Plan => ({
    edits: [],
    calls: callsOf(index).map(([name, call]) => ({ name, args: argumentsOf(call) })),
  }));
  for (const edit of edits.filter(({ name }) => !failing.includes(name))) {
    const fitting = services.filter((service) => fits(edit, service));
    const [emptiest] = fitting.toSorted((one, other) => one.edits.length - other.edits.length);
    emptiest?.edits.push(edit);
  }
  return services;
}
