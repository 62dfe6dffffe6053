import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {
  type CheckedService,
  checkServices,
  isFailure,
} from '../../../src/devkit/workspace/check/check-services.ts';
import { githubText, junitText } from '../../../src/devkit/workspace/check/report-programs.ts';
import { reportText } from '../../../src/devkit/workspace/check/report-text.ts';
import { baseCommit } from '../../../src/devkit/workspace/git/repository.ts';
import { runWorkspaceCommand } from '../../../src/devkit/workspace/run-command.ts';
import { contractText, fields } from '../contracts/some-contract.ts';

const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
const [text, number] = [{ type: 'string' }, { type: 'integer' }];
const created = (properties: Record<string, object>, required?: string[]) =>
  contractText([{ payload: fields(properties, required) }]);

describe('microservice-devkit check', () => {
  let workspace: string;
  const names = ['mail', 'stock', 'user'];
  const folderOf = (name: string) => path.join(workspace, 'services', name);
  const git = (...args: string[]) =>
    execFileSync('git', [...identity, ...args], { cwd: workspace, stdio: 'pipe' }).toString();
  const write = async (name: string, file: string, content: string) => {
    await mkdir(path.dirname(path.join(folderOf(name), file)), { recursive: true });
    await writeFile(path.join(folderOf(name), file), content);
  };
  const commit = (message: string) => git('commit', '--quiet', '--all', '--message', message);
  const accept = (entries: unknown) => write('user', 'accepted-changes.json', JSON.stringify(entries));

  const check = async (only = names, against = 'main'): Promise<CheckedService[]> => {
    const services = names.map((name) => ({ name, root: folderOf(name) }));
    const chosen = services.filter(({ name }) => only.includes(name));
    return checkServices({
      services: chosen,
      siblings: services,
      against: against || undefined,
      today: '2026-11-30',
    });
  };
  const findingsOf = async (...args: Parameters<typeof check>) =>
    (await check(...args)).flatMap(({ service, findings, faults }) => [
      ...faults.map((fault) => `${service} not checked: ${fault}`),
      ...findings.map((finding) => {
        const readers = finding.consumers.map(
          ({ service: name, reads }) => `${name}${reads ? '' : ' (not read)'}`,
        );
        const result = isFailure(finding) ? 'fails' : finding.accepted ? 'accepted' : 'passes';
        return `${service} ${result}: ${finding.subject} ${finding.path} ${finding.rule}: ${readers.join(', ')}`;
      }),
    ]);

  beforeEach(async () => {
    workspace = await mkdtemp(path.join(os.tmpdir(), 'check-test-'));
    await write('user', 'asyncapi.json', created({ id: text, name: text, age: number }));
    await write('mail', 'asyncapi.json', contractText([], [{ payload: fields({ id: text, name: text }) }]));
    await write('stock', 'asyncapi.json', contractText([], [{ payload: fields({ id: text }) }]));
    for (const name of names) await write(name, 'src/main.ts', '');
    await writeFile(path.join(workspace, 'docker-compose.kafka.yml'), '');
    git('-c', 'init.defaultBranch=main', 'init', '--quiet');
    git('add', '.');
    commit('one');
    git('switch', '--quiet', '--create', 'feature');
  });
  afterEach(() => rm(workspace, { recursive: true, force: true }));

  it('passes without a change, and for a new optional field', async () => {
    assert.deepEqual(await findingsOf(), []);
    await write(
      'user',
      'asyncapi.json',
      created({ id: text, name: text, age: number, note: text }, ['id', 'name', 'age']),
    );
    assert.deepEqual(await findingsOf(), []);
    assert.equal(reportText(await check()), '3 services: 0 breaking, 0 to review\n');
  });

  it('names the services that a change breaks, and those that do not read the field', async () => {
    await write('user', 'asyncapi.json', created({ id: text, name: number, age: number }));
    const own = 'user fails: user.created v1 name type-changed: mail, stock (not read)';
    const fit = 'user.created v1 name type-changed: mail';
    assert.deepEqual(await findingsOf(), [`mail fails: ${fit}`, own]);
    assert.deepEqual(await findingsOf(['user']), [own, `user fails: ${fit}`]);
    assert.deepEqual(await findingsOf(['user'], ''), [`user fails: ${fit}`]);
    const report = reportText(await check(['user']));
    assert.match(
      report,
      /^user: error: user\.created v1, field name: the type is integer, and was string \[type-changed\]$/m,
    );
    assert.match(report, /^ {4}read by mail; name is not read by stock$/m);
    assert.match(
      report,
      /^1 service: 2 breaking, 0 to review\. Add a new version of the event or the operation, or accept the change in accepted-changes\.json\.$/m,
    );
  });

  it('compares with the commit at which the branch began, and with the states before it', async () => {
    git('switch', '--quiet', 'main');
    await write(
      'user',
      'asyncapi.json',
      created({ id: text, name: text, age: number, later: text }, ['id', 'name', 'age']),
    );
    commit('on main');
    git('switch', '--quiet', 'feature');
    assert.deepEqual(await findingsOf(['user']), []);
    git('reset', '--quiet', '--hard', 'main');
    await write('user', 'asyncapi.json', created({ id: text, name: text, age: number }));
    assert.deepEqual(await findingsOf(['user']), [
      'user passes: user.created v1 later property-removed: mail (not read), stock (not read)',
    ]);
    commit('removed');
    git('branch', '--force', 'main');
    await write(
      'user',
      'asyncapi.json',
      created({ id: text, name: text, age: number, later: number }, ['id', 'name', 'age']),
    );
    const [finding] = (await check(['user']))[0]?.findings ?? [];
    assert.equal(finding?.rule, 'type-changed');
    assert.match(finding.message, /\(released in [0-9a-f]{10} of \d{4}-\d\d-\d\d\)$/);
  });

  it('compares the HTTP operations with those of the base', async () => {
    const api = (limit: object) =>
      JSON.stringify({
        openapi: '3.1.1',
        paths: { '/v1/users': { get: { parameters: [{ in: 'query', name: 'limit', schema: limit }] } } },
      });
    await write('user', 'openapi.json', api(number));
    assert.deepEqual(await findingsOf(['user']), [], 'the base has none');
    git('add', '.');
    commit('the API');
    git('branch', '--force', 'main');
    assert.deepEqual(await findingsOf(['user']), []);
    await write('user', 'openapi.json', api({ ...number, maximum: 10 }));
    assert.deepEqual(await findingsOf(['user']), ['user fails: GET /v1/users query.limit range-narrowed: ']);
    assert.deepEqual(await findingsOf(['user'], ''), []);
    const checked = await check(['user']);
    assert.match(
      reportText(checked),
      /^user: error: GET \/v1\/users, query\.limit: maximum is 10, and was absent \[range-narrowed\]$/m,
    );
    assert.match(
      githubText(checked, workspace),
      /^::error file=services\/user\/openapi\.json,title=user%3A GET /,
    );
    const change = { operation: 'GET /v1/users', path: 'query.limit', rule: 'range-narrowed', reason: 'x' };
    await accept([{ ...change, until: '2026-12-31' }]);
    assert.match((await findingsOf(['user'])).join(), /^user accepted: GET/);
    await rm(path.join(folderOf('user'), 'openapi.json'));
    assert.match(
      (await findingsOf(['user'])).join(),
      /^user not checked: .*openapi\.json cannot be read: it does not exist\. Run npm run contracts in /,
    );
  });

  it('passes for a service that is new', async () => {
    names.push('fresh');
    try {
      await write('fresh', 'asyncapi.json', contractText([{ type: 'fresh.created' }]));
      assert.deepEqual(await findingsOf(['fresh']), []);
    } finally {
      names.pop();
    }
  });

  it('never passes if a base or a contract cannot be read', async () => {
    assert.match(
      (await findingsOf(['user'], 'release')).join(),
      /user not checked: .* has no revision "release"\. Fetch it/,
    );
    const [count] = (await check(['user'], 'release')).map(({ faults }) => faults.length);
    assert.equal(count, 1, 'each fault is reported once');
    const empty = path.join(workspace, 'empty', 'services', 'user');
    git('init', '--quiet', path.join(workspace, 'empty'));
    await mkdir(empty, { recursive: true });
    await assert.rejects(baseCommit(empty, 'main'), /has no commit yet\. Commit the service first\./);
    await rename(path.join(workspace, '.git'), path.join(workspace, '.other'));
    assert.match((await findingsOf(['user'])).join(), /user not checked: .*user is not in a git repository/);
    await rename(path.join(workspace, '.other'), path.join(workspace, '.git'));
    await write('user', 'asyncapi.json', '{');
    commit('broken');
    git('branch', '--force', 'main');
    assert.match(
      (await findingsOf(['user'])).join(),
      /user not checked: .*asyncapi\.json cannot be read: it is not JSON/,
    );
    await write('user', 'asyncapi.json', created({ id: text }));
    assert.match(
      (await findingsOf(['user'])).join(),
      /asyncapi\.json in commit [0-9a-f]{10} of .* cannot be read/,
    );
    assert.match(reportText(await check(['user'])), /; the check is incomplete\n$/);
    assert.equal(
      await quietly(() => runWorkspaceCommand('check', ['user', '--against', 'main'], workspace)),
      1,
    );
  });

  it('never passes if the contract of a sibling, which may be a consumer, cannot be read', async () => {
    await write('mail', 'asyncapi.json', '<<<<<<< HEAD');
    assert.match(
      (await findingsOf(['user'])).join(),
      /^user not checked: its consumers are not all known\. .*mail\/asyncapi\.json cannot be read: it is not JSON/,
    );
  });

  it('has no finding about a producer of the same event in another topic', async () => {
    await write('stock', 'asyncapi.json', contractText([{ topic: 'stock.events' }]));
    assert.deepEqual(await findingsOf(['stock'], ''), []);
  });

  it('reads the repository of the service in a hook of another repository', async () => {
    const other = path.join(workspace, 'other');
    git('-c', 'init.defaultBranch=trunk', 'init', '--quiet', other);
    process.env['GIT_DIR'] = path.join(other, '.git');
    try {
      assert.deepEqual(await findingsOf(), []);
    } finally {
      delete process.env['GIT_DIR'];
    }
  });

  it('never passes with an incomplete history', async () => {
    const clone = path.join(workspace, 'clone');
    git('clone', '--quiet', '--depth', '1', `file://${workspace}`, clone);
    const root = path.join(clone, 'services', 'user');
    const services = [{ name: 'user', root }];
    const [result] = await checkServices({
      services,
      siblings: services,
      against: 'HEAD',
      today: '2026-11-30',
    });
    assert.match(
      result?.faults.join() ?? '',
      /history of .* is incomplete.*git fetch --unshallow.*fetch-depth: 0/,
    );
  });

  it('accepts a change until a date, with a reason', async () => {
    await write('user', 'asyncapi.json', created({ id: text, name: text, age: text }));
    const change = { event: 'user.created v1', path: 'age', rule: 'type-changed', reason: 'nobody reads it' };
    await accept([{ ...change, until: '2026-11-30' }]);
    assert.deepEqual(await findingsOf(['user']), [
      'user accepted: user.created v1 age type-changed: mail (not read), stock (not read)',
    ]);
    assert.match(reportText(await check(['user'])), /^ {4}accepted until 2026-11-30: nobody reads it$/m);
    await accept([{ ...change, until: '2026-11-29' }]);
    assert.match(
      reportText(await check(['user'])),
      /error: .*\(accepted until 2026-11-29, which has passed\)/,
    );
    await accept([{ ...change, path: 'name', until: '2026-12-31' }]);
    assert.match((await findingsOf(['user'])).join(), /user fails: user\.created v1 age/);
  });

  it('refuses an acceptance without a date or a reason', async () => {
    await accept([{ event: 'user.created v1', path: '', rule: 'event-removed', until: 'soon', reason: 'x' }]);
    assert.match(
      (await findingsOf(['user'])).join(),
      /"until" of entry 1 is "soon", but must be a date such as 2027-01-31/,
    );
    await accept([
      { event: 'user.created v1', path: '', rule: 'event-removed', until: '2027-02-30', reason: 'x' },
    ]);
    assert.match(
      (await findingsOf(['user'])).join(),
      /"until" of entry 1 is "2027-02-30", but must be a date/,
    );
    await accept([{ event: 'user.created v1', path: '', rule: 'event-removed', until: '2027-01-01' }]);
    assert.match(
      (await findingsOf(['user'])).join(),
      /entry 1 needs "event" or "operation", and the texts "path", "rule", "until", "reason"/,
    );
  });

  it('annotates the contract files on GitHub, and reports to JUnit', async () => {
    await write('user', 'asyncapi.json', created({ id: text, name: { enum: ['a,b', '<&>'] }, age: number }));
    const checked = await check(['user', 'stock']);
    const [annotation, ...others] = githubText(checked, workspace).trimEnd().split('\n');
    assert.deepEqual(others, []);
    assert.match(
      annotation ?? '',
      /^::error file=services\/user\/asyncapi\.json,title=user%3A user\.created v1::error: user\.created v1, field name: only /,
    );
    const junit = junitText(checked);
    assert.match(
      junit,
      /<testsuite name="stock" tests="1" failures="0">\n {4}<testcase classname="stock" name="contract"\/>/,
    );
    assert.match(junit, /<testsuite name="user" tests="1" failures="1">/);
    assert.match(junit, /&quot;a,b&quot;,&quot;&lt;&amp;&gt;&quot;/);
  });

  it('fails for a map in the README that differs from the contracts', async () => {
    const run = (...args: string[]) =>
      quietly(() => runWorkspaceCommand(args[0] ?? '', args.slice(1), workspace));
    assert.equal(await run('check'), 0);
    assert.equal(await run('map', '--write'), 0);
    assert.equal(await run('check'), 0);
    await write('stock', 'asyncapi.json', contractText([]));
    assert.equal(await run('check'), 1);
    assert.equal(await run('map', '--write'), 0);
    assert.equal(await run('check'), 0);
  });

  it('refuses an unknown format, and a folder that does not exist or has no service', async () => {
    const refused = (...args: string[]) => runWorkspaceCommand('check', args, workspace);
    await assert.rejects(
      refused('--format', 'xml'),
      /--format is "xml", but must be one of text, github, junit, json\./,
    );
    await assert.rejects(
      refused('--siblings', path.join(workspace, 'none')),
      /--siblings .*none cannot be read/,
    );
    await assert.rejects(
      refused('--siblings', workspace),
      /--siblings .* has no service: none of its folders has an asyncapi\.json\./,
    );
  });
});

/** Runs `work` without its output. */
async function quietly<Value>(work: () => Promise<Value>): Promise<Value> {
  const streams = [process.stdout, process.stderr].map((stream) => ({
    stream,
    write: stream.write.bind(stream),
  }));
  for (const { stream } of streams) stream.write = () => true;
  try {
    return await work();
  } finally {
    for (const { stream, write } of streams) stream.write = write;
  }
}
