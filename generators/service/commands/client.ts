import { UsageError } from '../../core/usage-error.ts';
import { clientCodeFault, clientNameFault, clientUrlFault, tidyUrl } from '../clients/client-rules.ts';
import type { ServiceAnswers } from '../model/answers.ts';
import type { Command, CommandCall } from './command.ts';
import { textsOf } from './given.ts';
import { missing, spelledCall } from './spelling.ts';

const example = 'client tax --url https://api.example.com';

export const client: Command = {
  name: 'client',
  words: '<name>',
  mostWords: 1,
  description: 'a client of an HTTP API outside of the system, with a fake of it for tests',
  flags: [{ name: 'url', value: '<address>', help: 'the address of the API; <NAME>_URL overrides it' }],
  examples: [[example, 'adds src/clients/tax-client.ts, which calls the address in TAX_URL']],
  parts: {
    namesIn: ({ clients }) => clients.map(({ name }) => name),
    without: (answers, name) => ({
      ...answers,
      clients: answers.clients.filter((each) => each.name !== name),
    }),
  },
  async change(answers, call) {
    const name = await nameOf(answers, call);
    const url = await urlOf(name, call);
    call.context.notes.push(
      `Use it in src/app.ts: pass httpClients.${camelOf(name)} to the service that calls the API.`,
    );
    return { ...answers, clients: [...answers.clients, { name, url }] };
  },
};

const camelOf = (name: string) => name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());

const tidyName = (word: string) => word.trim().replace(/(?<=.)-client$/, '');

async function nameOf({ clients }: ServiceAnswers, { words: [word], ask }: CommandCall): Promise<string> {
  const fault = (typed: string) =>
    clientNameFault(tidyName(typed)) ??
    clientCodeFault(tidyName(typed)) ??
    (clients.some(({ name }) => name === tidyName(typed)) ? existing(tidyName(typed)) : undefined);
  if (word === undefined && !ask) throw missing('the client needs a name', example);
  const name =
    word ??
    (await ask?.text({ message: 'Name of the API', validate: (typed) => fault(typed) ?? true })) ??
    '';
  const found = fault(name);
  if (found !== undefined) throw new UsageError(found);
  return tidyName(name);
}

async function urlOf(name: string, call: CommandCall): Promise<string> {
  const fault = (typed: string) => clientUrlFault(tidyUrl(typed));
  const given = textsOf(call, 'url');
  if (given === undefined && !call.ask)
    throw new UsageError(
      `the client "${name}" has no address; write ${spelledCall(`client ${name} --url https://api.example.com`)}`,
    );
  const url =
    given ??
    (await call.ask?.text({ message: 'Its address', validate: (typed) => fault(typed) ?? true })) ??
    '';
  const found = fault(url);
  if (found !== undefined) throw new UsageError(`--url: ${found}`);
  return tidyUrl(url);
}

const existing = (name: string) =>
  `the service has the client "${name}" already; its address is that of the variable in .env.example and of your deployment`;
