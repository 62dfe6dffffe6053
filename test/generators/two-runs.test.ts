import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { lockFolder } from '../../generators/output/folder-lock.ts';
import { waitFor } from '../../src/devkit/testing/wait-for.ts';
import { newFolder, quick, removeFolders, run } from './support/command.ts';

interface YoRc {
  'create-microservice': { answers: { port: number; databasePort: number } };
}

async function portsOf(service: string): Promise<number[]> {
  const { answers } = (JSON.parse(await readFile(path.join(service, '.yo-rc.json'), 'utf8')) as YoRc)[
    'create-microservice'
  ];
  return [answers.port, answers.databasePort];
}

const ticketOf = (pid: number | undefined, number = 1) =>
  `.create-microservice-${number}-${pid}-0123456789ab.lock`;
const idle = () => spawn(process.execPath, ['-e', 'setInterval(() => {}, 60_000)'], { stdio: 'ignore' });

describe('two runs in one workspace at the same time', function () {
  this.timeout(60_000);
  afterEach(removeFolders);

  it('get different ports, in the files too', async () => {
    const cwd = await newFolder();
    await run(['workspace', 'shop', '--yes', '--no-git'], { cwd });
    const workspace = path.join(cwd, 'shop');
    const names = ['user', 'order', 'invoice'];
    const outcomes = await Promise.all(names.map((name) => run([name, ...quick], { cwd: workspace })));
    assert.deepEqual(
      outcomes.map(({ code, errors }) => ({ code, errors })),
      names.map(() => ({ code: 0, errors: [] })),
    );
    const services = names.map((name) => path.join(workspace, 'services', `${name}-service`));
    const ports = await Promise.all(services.map(portsOf));
    assert.deepEqual(
      ports.flat().toSorted((one, other) => one - other),
      [5432, 5433, 5434, 8001, 8002, 8003],
    );
    for (const [index, service] of services.entries())
      assert.match(
        await readFile(path.join(service, '.env'), 'utf8'),
        new RegExp(`^PORT=${ports[index]?.[0]}$`, 'm'),
      );
    assert.deepEqual(
      (await readdir(workspace)).filter((file) => file.endsWith('.lock')),
      [],
    );
  });

  it('write a service of one name once, and only one run may use a given port', async () => {
    const cwd = await newFolder();
    const other = idle();
    await once(other, 'spawn');
    await writeFile(path.join(cwd, ticketOf(other.pid)), '');
    const both = [1, 2].map(() => run(['user', ...quick], { cwd }));
    await waitFor(
      async () => (await readdir(cwd)).filter((file) => /^\.create-microservice-\d/.test(file)).length === 3,
      { message: 'the tickets of both runs' },
    );
    other.kill('SIGKILL');
    const same = await Promise.all(both);
    assert.deepEqual(same.map(({ code }) => String(code)).toSorted(), ['0', '1']);
    assert.match(same.flatMap(({ errors }) => errors).join(), /another run has just written user-service/);
    const given = await Promise.all(
      ['order', 'invoice'].map((name) => run([name, ...quick, '--port', '8010'], { cwd })),
    );
    assert.deepEqual(given.map(({ code }) => String(code)).toSorted(), ['0', '1']);
    assert.match(
      given.flatMap(({ errors }) => errors).join(),
      /8010 is already used by (order|invoice)-service/,
    );
  });

  it('wait for a running process, and not for a killed one', async () => {
    const cwd = await newFolder();
    const other = idle();
    await once(other, 'spawn');
    await writeFile(path.join(cwd, ticketOf(other.pid)), '');
    const running = run(['user', ...quick], { cwd });
    await waitFor(
      async () => (await readdir(cwd)).some((file) => file.startsWith('.create-microservice-2-')),
      {
        message: 'the ticket of the run',
      },
    );
    assert.ok(!(await readdir(cwd)).includes('user-service'));
    other.kill('SIGKILL');
    const { code, errors } = await running;
    assert.deepEqual({ code, errors }, { code: 0, errors: [] });
    assert.deepEqual(await readdir(cwd), ['user-service']);
  });

  it('do not wait for a process that has got the id of a killed run', async () => {
    const folder = await newFolder();
    const file = path.join(folder, ticketOf(process.ppid));
    await writeFile(file, '');
    const old = new Date(Date.now() - 120_000);
    await utimes(file, old, old);
    (await lockFolder(folder))();
    assert.deepEqual(await readdir(folder), []);
  });
});
