import assert from 'node:assert/strict';
import path from 'node:path';
import { copyForEachTest } from './support/copied-service.ts';
import { filesIn, quick, run } from './support/command.ts';

describe('event --version', function () {
  this.timeout(180_000);
  let cwd: string;
  let folder: string;
  const { read } = copyForEachTest(
    'user-service',
    async (first) => {
      const fields = 'email:string:unique name:string age:integer:optional';
      const calls: [string, string[]][] = [
        ['.', ['user', ...quick, '--resource', 'user', '--fields', fields]],
        ['.', ['audit', ...quick, '--no-resources', '--no-kubernetes']],
        ['user-service', ['event', 'user.invited', '--fields', 'by:string']],
        ['audit-service', ['consumer', 'user.created', 'user.invited', '--handler']],
      ];
      for (const [service, args] of calls) {
        const { code, errors } = await run(args, { cwd: path.join(first, service) });
        assert.deepEqual([code, errors], [0, []]);
      }
    },
    (copy) => ({ cwd, folder } = copy),
  );

  const change = async (service: string, ...args: string[]) => {
    const { code, output, errors } = await run(args, { cwd: path.join(cwd, service) });
    assert.deepEqual([code, errors], [0, []]);
    return output;
  };
  const refused = async (...args: string[]) => {
    const { code, errors } = await run(args, { cwd: folder });
    assert.equal(code, 1);
    return errors.join('\n');
  };
  const messages = async () => {
    const { components } = JSON.parse(await read('asyncapi.json')) as {
      components: { messages: Record<string, { payload: { required?: string[] } }> };
    };
    return components.messages;
  };

  it('publishes both versions in one call, until the older one is retired', async () => {
    const output = await change(
      'user-service',
      ...['event', 'user.created', '--version', '2', '--fields', 'email:string nick:string:optional'],
    );
    assert.match(output, /Fill in "nick" of version 2 in src\/events\/user-publisher\.ts; it is null/);
    assert.match(
      output,
      /audit-service consumes version 1 of "user\.created"\. For version 2, write npm init microservice consumer user\.created -- --service audit/,
    );
    assert.match(output, /write npm init microservice remove event user\.created -- --version 1/);
    assert.match(
      await read('src/events/user-publisher.ts'),
      /userCreatedV2\.of\(user\.id, \{ id: user\.id, email: user\.email, nick: null \}\),\n\s+userCreated\.of\(user\.id, user\),/,
    );
    assert.deepEqual((await messages())['user.created.v2']?.payload.required, ['email', 'id']);
    assert.match(
      await read('.yo-rc.json'),
      /\{"type":"user\.created","version":2,"fields":"email:string nick:string:optional"\}/,
    );

    const retired = await change('user-service', 'remove', 'event', 'user.created', '--version', '1');
    assert.match(retired, /audit-service consumes version 1 of "user\.created"/);
    assert.doesNotMatch(await read('src/events/user-publisher.ts'), /userCreated\b/);
    assert.equal('user.created.v1' in (await messages()), false);
    const third = ['event', 'user.created', '--version', '3', '--fields', 'name:string'];
    await change('user-service', ...third);
    assert.match(await read('src/events/user-publisher.ts'), /userCreatedV3\.of/);
  });

  it('takes the data of all versions for an event of the owner', async () => {
    const call = ['event', 'user.invited', '--version', '2', '--fields', 'by:string reason:text'];
    assert.match(
      await change('user-service', ...call),
      /await publish\.invited\(\{ id, by, reason \}, trx\);/,
    );
    assert.match(
      await read('src/events/user-publisher.ts'),
      /invited: \(data: UserInvited & UserInvitedV2, trx: Knex\.Transaction\)/,
    );
  });

  it('gives a consumer the new version, with an upcast that marks the fields of which old events have none', async () => {
    const call = ['event', 'user.invited', '--version', '2', '--fields', 'by:string reason:text'];
    await change('user-service', ...call);
    await change('audit-service', 'consumer', 'user.invited');
    const events = await read(path.join('..', 'audit-service', 'src/events/user-events.ts'));
    assert.match(events, /version: 2,\n\s+schema: userInvitedData,\n\s+upcasts: \{/);
    assert.match(
      events,
      /Version 1 has no `reason`[^\n]*\n\s+1: \(data\) => \(\{ \.\.\.data, reason: undefined \}\),/,
    );
    assert.match(events, /by: string;\n {2}reason\?: string;/);
    const before = await filesIn(cwd);
    await change('audit-service', 'consumer', 'user.invited');
    assert.deepEqual(await filesIn(cwd), before);
  });

  it('refuses any other version, and data that the publisher does not have', async () => {
    const before = await filesIn(folder);
    const version = (type: string, number: string, fields: string) =>
      refused('event', type, '--version', number, '--fields', fields);
    assert.match(await version('user.created', '3', 'name:string'), /the next version .* is 2, not 3; write/);
    assert.match(
      await version('user.created', '2', 'age:integer'),
      /"age" .* the field of the resource is optional/,
    );
    assert.match(
      await version('user.created', '2', 'nick:string'),
      /the resource "user" does not have it\. Make it/,
    );
    assert.match(await version('user.invited', '2', 'by:integer'), /"by" has two types in the versions/);
    assert.match(await version('user.deleted', '2', 'name:string'), /"user\.deleted" has one version/);
    assert.match(await version('user.joined', '2', 'name:string'), /no event "user\.joined"/);
    assert.match(await refused('event', 'user.created', '--version', '2'), /version 2 .* needs its data/);
    assert.match(
      await refused('event', 'user.created'),
      /exists already; .*-- --version 2 --fields "\.\.\."/,
    );
    assert.match(
      await refused('remove', 'event', 'user.created', '--version', '1'),
      /has the version 1, which can be removed once there is a newer one; write .* --version 2/,
    );
    assert.deepEqual(await filesIn(folder), before);
  });
});
