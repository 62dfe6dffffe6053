import assert from 'node:assert/strict';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type TerminalSession, ctrlC, hasTerminal, openTerminal } from '../../support/terminal.ts';
import { type ExampleWorkspace, copyExampleWorkspace } from './example-workspace.ts';
import { processesIn } from './processes.ts';

const cli = path.resolve(import.meta.dirname, '../../../src/devkit/cli.ts');

describe('npm run dev in a terminal', function () {
  this.timeout(600_000);
  let workspace: ExampleWorkspace;
  let terminal: TerminalSession | undefined;

  before(async function () {
    if (!hasTerminal()) this.skip();
    workspace = await copyExampleWorkspace();
  });
  afterEach(async function () {
    if (this.currentTest?.isFailed()) console.log(terminal?.screen().join('\n'));
    await terminal?.close();
  });
  after(() => workspace?.remove());

  const open = (columns: number): TerminalSession => {
    const { PATH = '', HOME = '' } = process.env;
    const command = [process.execPath, '--import', 'tsx', cli, 'dev'];
    terminal = openTerminal(command, { cwd: workspace.root, columns, env: { PATH, HOME } });
    return terminal;
  };

  /** The cells of the table, with the same port everywhere. */
  const tableOf = (screen: string[]): string[][] => {
    const head = screen.findIndex((row) => row.startsWith('  service '));
    const rows = screen.slice(head, screen.indexOf('', head));
    for (const column of ['address', 'PostgreSQL'])
      for (const row of rows) assert.match(row.slice((rows[0] ?? '').indexOf(column) - 2), /^ {2}\S/);
    return rows.map((row) =>
      row
        .replaceAll(/(?<=localhost:)\d+/g, '00000')
        .split(/ {2,}/)
        .slice(1),
    );
  };
  /** Checks a table. A service that took too long for it has a line of its own later. */
  const assertTable = async ({ screen, shows }: TerminalSession, expected: string[][]) => {
    const table = tableOf(screen());
    const late = table.filter(([, address]) => address === '(no answer yet)').map(([name = '']) => name);
    for (const name of late) await shows(new RegExp(`${name} +Answers at\\s+http://localhost:\\d+$`, 'm'));
    const documentation = (expected[0] ?? []).indexOf('documentation');
    assert.deepEqual(
      table,
      expected.map(([name = '', address = '', ...cells]) =>
        late.includes(name)
          ? [name, '(no answer yet)', ...cells].slice(0, documentation === -1 ? undefined : documentation)
          : [name, address, ...cells],
      ),
    );
  };
  /** The texts on the screen, without the line breaks of lines that are too long for it. */
  const unbroken = (screen: string[]): string => screen.join('\n').replaceAll(/\n {32}/g, ' ');
  /** Editors replace a file in one step, too. */
  const save = async (file: string, text: string) => {
    await writeFile(`${file}.tmp`, text);
    await rename(`${file}.tmp`, file);
  };

  const createUser = async (email: string) => {
    const body = JSON.stringify({ email, name: 'Ada', age: 36, active: true });
    const headers = { 'content-type': 'application/json' };
    const { status } = await fetch(`${workspace.user.url}/v1/users`, { method: 'POST', headers, body });
    return status;
  };

  it('shows one table, a line for each event, each error once, a restart and a summary, at 80 columns', async () => {
    const session = open(80);
    const { screen, overflow, shows, type, ended } = session;
    await shows(/at \/docs\. Ctrl-C stops everything\.$/m);
    assert.match(
      screen()[0] ?? '',
      /^\d\d:\d\d:\d\d {2}dev {19}Starting notification-service, user-service;$/,
    );
    await assertTable(session, [
      ['service', 'address', 'PostgreSQL'],
      ['notification-service', 'http://localhost:00000', 'localhost:00000/notification_db'],
      ['user-service', 'http://localhost:00000', 'localhost:00000/user_db'],
    ]);
    assert.match(screen().join('\n'), /^\n {2}Kafka localhost:\d+, embedded, \.microservice\/kafka$/m);
    assert.equal(await createUser('ada@example.com'), 201);
    await shows(/^\d\d:\d\d:\d\d {2}user-service {10}POST \/v1\/users 201 \d+ ms$/m);
    assert.equal(await createUser('not an address'), 201); // the field is a text
    assert.equal(await createUser('ada@example.com'), 409);
    await shows(/POST \/v1\/users 409 \d+ ms$/m);

    const file = path.join(workspace.user.root, 'src', 'services', 'user-service.ts');
    const text = await readFile(file, 'utf8');
    await save(file, `${text}\nconst broken = ;\n`);
    await shows(
      /user-service {10}error SyntaxError: Unexpected ";"\n {32}src\/services\/user-service\.ts:\d+:\d+\n/,
    );
    await shows(/Ended with 1; starts again in 1 s/);
    await shows(/Ended in the same way; dev keeps trying/);
    await save(file, text);
    await shows(/user-service {10}Restarted in [\d.]+ s:\n? *src\/services\/user-service\.ts\n? *changed/);
    assert.equal(await createUser('grace@example.com'), 201);

    type(ctrlC);
    assert.equal(await ended, 0);
    const all = unbroken(screen());
    assert.match(all, /^\d\d:\d\d:\d\d {2}dev {19}Stopping; Ctrl-C again ends everything at once$/m);
    assert.match(all, /dev {19}Stopped after [^:]+: 4 requests, 1 error, 2 restarts\. The data is kept\.$/);
    assert.equal(all.match(/SyntaxError/g)?.length, 1, 'the error is shown once');
    assert.doesNotMatch(all, /\{"|\n +at |\b(started|stopped|listening)\b/);
    assert.deepEqual(overflow(), []);
  });

  it('shows more columns of the table at 140 columns, and ends at once on a second Ctrl-C', async () => {
    const session = open(140);
    const { overflow, shows, type, ended } = session;
    await shows(/^ +Ctrl-C stops everything\.$/m);
    const documentation = 'http://localhost:00000/docs';
    await assertTable(session, [
      ['service', 'address', 'PostgreSQL', 'server', 'documentation'],
      ...['notification', 'user'].map((name) => [
        `${name}-service`,
        'http://localhost:00000',
        `localhost:00000/${name}_db`,
        'embedded',
        documentation,
      ]),
    ]);
    const hurry = setInterval(() => type(ctrlC), 100);
    await ended;
    clearInterval(hurry);
    assert.deepEqual(overflow(), []);
    if (process.platform === 'linux') assert.deepEqual(await processesIn(workspace.root), []);
  });
});
