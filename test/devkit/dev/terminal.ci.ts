import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
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

  /**
   * The rows of the table and the lines below it, with the same port everywhere. A service that took too long for the table has a
   * line of its own later.
   */
  const tableOf = (screen: string[]): string[] => {
    const head = screen.findIndex((row) => row.startsWith('  service '));
    const late = '(no answer yet)'.padEnd('http://localhost:00000'.length);
    return screen
      .slice(head, head + 6)
      .map((row) => row.replaceAll(/(?<=localhost:)\d+/g, '00000').replace(late, 'http://localhost:00000'));
  };
  const untilBothAnswer = async (screen: () => string[], shows: TerminalSession['shows']) => {
    for (const name of ['user-service', 'notification-service'])
      if (new RegExp(`^ {2}${name} +\\(no answer yet\\)`, 'm').test(screen().join('\n')))
        await shows(new RegExp(`${name} +Answers at http`));
  };

  const createUser = async (email: string) => {
    const body = JSON.stringify({ email, name: 'Ada', age: 36, active: true });
    const headers = { 'content-type': 'application/json' };
    const { status } = await fetch(`${workspace.user.url}/v1/users`, { method: 'POST', headers, body });
    return status;
  };

  it('shows one table, a line for each event, each error once, a restart and a summary, at 80 columns', async () => {
    const { screen, shows, type, ended } = open(80);
    await shows(/at \/docs\. Ctrl-C stops everything\.$/m);
    assert.match(
      screen()[0] ?? '',
      /^\d\d:\d\d:\d\d {2}dev {19}Starting notification-service, user-service;$/,
    );
    await untilBothAnswer(screen, shows);
    assert.deepEqual(tableOf(screen()), [
      '  service               address                 PostgreSQL',
      '  notification-service  http://localhost:00000  localhost:00000/notification_db',
      '  user-service          http://localhost:00000  localhost:00000/user_db',
      '',
      '  Kafka localhost:00000, embedded, .microservice/kafka',
      '  The documentation of a service is at /docs. Ctrl-C stops everything.',
    ]);
    assert.equal(await createUser('ada@example.com'), 201);
    await shows(/^\d\d:\d\d:\d\d {2}user-service {10}POST \/v1\/users 201 \d+ ms$/m);
    assert.equal(await createUser('not an address'), 201); // the field is a text
    assert.equal(await createUser('ada@example.com'), 409);
    await shows(/POST \/v1\/users 409 \d+ ms$/m);

    const file = path.join(workspace.user.root, 'src', 'services', 'user-service.ts');
    const text = await readFile(file, 'utf8');
    await writeFile(file, `${text}\nconst broken = ;\n`);
    await shows(
      /user-service {10}error SyntaxError: Unexpected ";"\n {32}src\/services\/user-service\.ts:\d+:\d+\n/,
    );
    await shows(/Ended with 1; starts again in 1 s/);
    await shows(/Ended in the same way; dev keeps trying/);
    await writeFile(file, text);
    await shows(/user-service {10}Restarted in [\d.]+ s:\n? *src\/services\/user-service\.ts\n? *changed/);
    assert.equal(await createUser('grace@example.com'), 201);

    type(ctrlC);
    assert.equal(await ended, 0);
    const all = screen().join('\n');
    assert.match(all, /dev {19}Stopping; Ctrl-C again ends everything at once\n/);
    assert.match(all, /Stopped after [^:]+: 4 requests, 1 error, 2\n {32}restarts\. The data is kept\.$/);
    assert.equal(all.match(/SyntaxError/g)?.length, 1, 'the error is shown once');
    assert.doesNotMatch(all, /\{"|\n +at |started|\bstopped\b/);
  });

  it('shows more columns of the table at 140 columns, and ends at once on a second Ctrl-C', async () => {
    const { screen, shows, type, ended } = open(140);
    await shows(/at \/docs\. Ctrl-C stops everything\.$/m);
    await untilBothAnswer(screen, shows);
    const [head = '', ...rows] = tableOf(screen());
    assert.match(head, /^ {2}service +address +PostgreSQL +server +documentation$/);
    assert.match(rows[0] ?? '', / {2}embedded {2,}http:\/\/localhost:00000\/docs$/);
    const hurry = setInterval(() => type(ctrlC), 100);
    await ended;
    clearInterval(hurry);
    if (process.platform === 'linux') assert.deepEqual(await processesIn(workspace.root), []);
  });
});
