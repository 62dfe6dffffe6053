import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type TerminalSession, ctrlC, hasTerminal, openTerminal } from '../support/terminal.ts';
import { bundledCommand, cleanEnvironment, newFolder, quick, removeFolders, run } from './support/command.ts';

const enter = '\r';
const down = '\u001B[B';
const clear = '\u0015';

const fieldsAt: Record<number, string[]> = {
  80: [
    'Its fields, separated by spaces or commas:',
    '  name:type[(arguments)][:modifier...]',
    '  types: string, string(n), text, email, url, integer, bigint, decimal,',
    '    decimal(p,s), boolean, date, timestamp, uuid, json, enum(a|b),',
    '    reference(resource)',
    '  modifiers: unique, optional, index, secret, public, default(value)',
    '  example: email:string:unique age:integer:optional',
  ],
  140: [
    'Its fields, separated by spaces or commas: name:type[(arguments)][:modifier...]',
    '  types: string, string(n), text, email, url, integer, bigint, decimal, decimal(p,s), boolean, date, timestamp, uuid, json, enum(a|b),',
    '    reference(resource)',
    '  modifiers: unique, optional, index, secret, public, default(value)',
    '  example: email:string:unique age:integer:optional',
  ],
};

const refusalAt: Record<number, string[]> = {
  80: [
    '> the field "subject" has the unknown type "strin". Did you mean "string"?',
    '  Types: string, string(n), text, email, url, integer, bigint, decimal,',
    '  decimal(p,s), boolean, date, timestamp, uuid, json, enum(a|b),',
    '  reference(resource)',
  ],
  140: [
    '> the field "subject" has the unknown type "strin". Did you mean "string"? Types: string, string(n), text, email, url, integer, bigint,',
    '  decimal, decimal(p,s), boolean, date, timestamp, uuid, json, enum(a|b), reference(resource)',
  ],
};

describe('the prompts of create-microservice in a terminal', function () {
  this.timeout(120_000);
  let terminal: TerminalSession | undefined;
  let cwd: string;

  before(function () {
    if (!hasTerminal()) this.skip();
  });
  afterEach(async function () {
    if (this.currentTest?.isFailed()) console.log(terminal?.screen().join('\n'));
    await terminal?.close();
    await removeFolders();
  });

  async function open(columns: number, args: string[], folder?: string): Promise<TerminalSession> {
    cwd = folder ?? (await newFolder());
    const command = [process.execPath, await bundledCommand(), ...args];
    terminal = openTerminal(command, { cwd, columns, env: cleanEnvironment() });
    return terminal;
  }

  for (const columns of [80, 140]) {
    it(`fit into ${columns} columns, refuse a wrong answer in words, and name the next command`, async () => {
      const { screen, overflow, shows, type, ended } = await open(columns, ['--no-install', '--no-git']);
      const [fields = [], refusal = []] = [fieldsAt[columns], refusalAt[columns]];
      const answer = async (question: string, keys: string) => {
        await shows(new RegExp(String.raw`^\? ${question}`, 'm'));
        type(keys);
      };

      await answer('Name of the service', `mail-service${enter}`);
      await answer('What does it do, in one sentence\\? \\(The mail service\\)$', enter);
      await answer('Does it own a resource, with a table and routes\\? \\(Y/n\\)$', enter);
      await answer('Its name, singular \\(mail\\)$', enter);
      await shows(/^ {2}fields: \(name:string\)$/m);
      assert.deepEqual(screen().slice(4), [
        ...fields.map((line, index) => (index === 0 ? `? ${line}` : line)),
        '  fields: (name:string)',
      ]);
      type(`subject:strin${enter}`);
      await shows(/^> [^]* reference\(resource\)$/m);
      assert.deepEqual(screen().slice(-refusal.length - 1), ['  fields: subject:strin', ...refusal]);
      type(`${clear}subject:string:unique sentAt:timestamp:optional${enter}`);
      await answer('Another resource\\? \\(y/N\\)$', enter);
      await answer('Port of the service on this machine \\(8001\\)$', enter);
      await answer('Port of its PostgreSQL on this machine \\(5432\\)$', enter);
      await shows(/^\? Tokens that callers need\n❯ none\n {2}jwt\n/m);
      type(enter);
      await shows(/^\? Package manager\n❯ npm\n {2}pnpm\n {2}yarn\n/m);
      type(down);
      await shows(/^ {2}npm\n❯ pnpm$/m);
      type(enter);
      await shows(/^\? Continuous integration\n❯ github\n {2}none\n/m);
      type(enter);
      await answer('A weekly pull request with .* newer generator\\? \\(y/N\\)$', enter);
      await answer('Kubernetes manifests\\? \\(Y/n\\)$', `n${enter}`);

      assert.equal(await ended, 0);
      const all = screen();
      const written = all.findIndex((row) => row.startsWith('Wrote '));
      assert.deepEqual(all.slice(0, written), [
        '✔ Name of the service mail-service',
        '✔ What does it do, in one sentence? The mail service',
        '✔ Does it own a resource, with a table and routes? Yes',
        '✔ Its name, singular mail',
        ...fields.map((line, index) => (index === 0 ? `✔ ${line}` : line)),
        '  fields: subject:string:unique sentAt:timestamp:optional',
        '✔ Another resource? No',
        '✔ Port of the service on this machine 8001',
        '✔ Port of its PostgreSQL on this machine 5432',
        '✔ Tokens that callers need none',
        '✔ Package manager pnpm',
        '✔ Continuous integration github',
        '✔ A weekly pull request with the changes of a newer generator? No',
        '✔ Kubernetes manifests? No',
      ]);
      assert.match(all[written] ?? '', /^Wrote mail-service: \d+ files\.$/);
      assert.deepEqual(all.slice(written + 1), [
        '',
        'Next:',
        '  cd mail-service',
        '  pnpm install',
        '  pnpm contracts',
        '  pnpm dev    # then http://localhost:8001/docs',
        '  pnpm test',
      ]);
      assert.deepEqual(overflow(), []);
      assert.deepEqual(await readdir(cwd), ['mail-service']);
    });
  }

  it('ask in the folder of a service what to add, and for the words and flags of that command', async () => {
    const above = await newFolder();
    await run(['taxi', ...quick, '--resource', 'driver', '--fields', 'name:string'], { cwd: above });
    const { shows, type, ended } = await open(80, [], path.join(above, 'taxi-service'));
    await shows(/^\? What do you want to add to taxi-service\?\n❯ resource: a resource with/m);
    type(enter);
    await shows(/^\? Its name, singular$/m);
    type(`trip${enter}`);
    await shows(/^ {2}fields: \(name:string\)$/m);
    type(`code:string:unique${enter}`);
    assert.equal(await ended, 0);
    const remembered = await readFile(path.join(cwd, '.yo-rc.json'), 'utf8');
    assert.match(remembered, /\{"name":"driver"[^]*\{"name":"trip","fields":"code:string:unique"\}/);
  });

  it('end at Ctrl-C in a list with one line, and write nothing', async () => {
    const args = ['mail', '--description', 'Mails', '--no-resources', '--port', '8001'];
    const rest = ['--database-port', '5432', '--auth', 'none'];
    const { screen, shows, type, ended } = await open(80, [...args, ...rest]);
    await shows(/^❯ npm$/m);
    type(down);
    await shows(/^❯ pnpm$/m);
    type(ctrlC);
    assert.equal(await ended, 1);
    assert.equal(screen().at(-1), 'create-microservice: stopped; nothing was written');
    assert.deepEqual(await readdir(cwd), []);
  });
});
