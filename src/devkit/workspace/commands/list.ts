import { tableLines } from '../../dev/output/table.ts';
import { print } from '../../terminal.ts';
import { factsOf, type ServiceFacts } from '../facts/service-facts.ts';
import type { WorkspaceCommand } from './command.ts';
import { selected } from './run-flags.ts';

export const listCommand: WorkspaceCommand = {
  usage: '[service...]',
  summary: 'lists the services with their ports, databases, versions and topics',
  flags: { json: { type: 'boolean', help: 'print one JSON document, with every event' } },
  async run(call) {
    const { services } = await selected(call, call.words);
    const facts = await Promise.all(services.map(factsOf));
    print(call.flags['json'] === true ? `${JSON.stringify({ services: facts }, null, 2)}\n` : textOf(facts));
    return 0;
  },
};

const titles = [
  'service',
  'version',
  'port',
  'database',
  'runtime',
  'generator',
  'publishes to',
  'consumes from',
];

function textOf(facts: ServiceFacts[]): string {
  const rows = facts.map((each) => [
    each.name,
    each.version ?? '?',
    each.port ?? '?',
    each.database ?? '?',
    each.runtime ?? 'not installed',
    each.generator ?? '?',
    topicsOf(each.publishes),
    topicsOf(each.consumes),
  ]);
  const problems = facts.flatMap(({ name, problems: own }) => own.map((problem) => `${name}: ${problem}`));
  return [...tableLines([titles, ...rows]), ...problems, ''].join('\n');
}

const topicsOf = (events: { topic: string }[]): string =>
  [...new Set(events.map(({ topic }) => topic))].join(', ') || '-';
