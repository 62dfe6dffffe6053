import { UsageError } from '../../core/usage-error.ts';
import { clientCodeFault, clientNameFault, clientUrlFault, tidyUrl } from '../clients/client-rules.ts';
import { readOpenApi, serverOf } from '../clients/openapi-document.ts';
import { convertOpenApi } from '../clients/openapi-typescript.ts';
import { operationsOf } from '../clients/operations.ts';
import { exampleOf } from '../clients/sample.ts';
import { typesText } from '../clients/types.ts';
import type { Client, ClientOperation, ServiceAnswers } from '../model/answers.ts';
import { oneLine } from '../../outside/seen.ts';
import { added } from '../later-answers.ts';
import type { Command, CommandCall } from './call/command.ts';
import { textsOf } from './call/given.ts';
import { missing, spelledCall } from './call/spelling.ts';

const example = 'client tax --url https://api.example.com';

export const client: Command = {
  name: 'client',
  words: '<name>',
  mostWords: 1,
  description: 'a client of an HTTP API outside of the system, with a fake of it for tests',
  flags: [
    { name: 'url', value: '<address>', help: 'the address of the API; <NAME>_URL overrides it' },
    {
      name: 'openapi',
      value: '<file>',
      help: 'its OpenAPI 3 document, in JSON or YAML: one typed function per operation',
    },
  ],
  examples: [
    [example, 'adds src/clients/tax-client.ts, which calls the address in TAX_URL'],
    [
      'client tax --openapi tax.json',
      'adds a typed client; the same command with a newer document renews it',
    ],
  ],
  parts: {
    namesIn: ({ clients }) => clients.map(({ name }) => name),
    without: (answers, name) => ({
      ...answers,
      clients: answers.clients.filter((each) => each.name !== name),
    }),
  },
  async change(answers, call) {
    const name = await nameOf(answers, call);
    const before = answers.clients.find((each) => each.name === name);
    const file = textsOf(call, 'openapi');
    const found =
      file === undefined
        ? { name, url: await urlOf(name, call) }
        : await fromDocument({ name, file, before }, call);
    call.context.notes.push(
      `Use it in src/app.ts: pass httpClients.${camelOf(name)} to the service that calls the API.`,
    );
    return { ...answers, clients: added(answers.clients, [found], (one, other) => one.name === other.name) };
  },
};

interface Described {
  name: string;
  /** The OpenAPI document. */
  file: string;
  before: Client | undefined;
}

/** Every fault of the document is found before npm runs. */
async function fromDocument({ name, file, before }: Described, call: CommandCall): Promise<Client> {
  const { context } = call;
  const document = await readOpenApi(file);
  const url =
    textsOf(call, 'url') === undefined ? (before?.url ?? serverOf(document)) : await urlOf(name, call);
  if (url === undefined)
    throw new UsageError(
      `${file} has no absolute address in servers; write ${spelledCall(`client ${name} --openapi ${file} --url https://api.example.com`)}`,
    );
  const { operations, skipped } = operationsOf(document);
  if (operations.length === 0)
    throw new UsageError(
      `${file} has no operation that a client can call; write ${spelledCall(`client ${name} --url ${url}`)}`,
    );
  if (skipped.length > 0)
    context.notes.push(
      `Without a function, since they need another body than JSON or have no plain path: ${shownList(skipped)}.`,
    );
  const example = exampleOf(document, operations);
  if (!example)
    context.notes.push(
      `The document states no values for a test, so write the test of src/clients/${name}-client.ts.`,
    );
  const types = await typesText(name, await (context.convertOpenApi ?? convertOpenApi)(document));
  return { name, url, operations: operations.map(stored), ...(example && { example }), types };
}

const stored = ({ name, method, path }: ClientOperation): ClientOperation => ({ name, method, path });

const shownList = (skipped: readonly string[]) =>
  oneLine(
    [...skipped.slice(0, 5), ...(skipped.length > 5 ? [`${skipped.length - 5} others`] : [])].join(', '),
  );

const camelOf = (name: string) => name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());

const tidyName = (word: string) => word.trim().replace(/(?<=.)-client$/, '');

async function nameOf({ clients }: ServiceAnswers, call: CommandCall): Promise<string> {
  const {
    words: [word],
    ask,
  } = call;
  const isAgain = textsOf(call, 'openapi') !== undefined;
  const fault = (typed: string) =>
    clientNameFault(tidyName(typed)) ??
    clientCodeFault(tidyName(typed)) ??
    (!isAgain && clients.some(({ name }) => name === tidyName(typed))
      ? existing(tidyName(typed))
      : undefined);
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
