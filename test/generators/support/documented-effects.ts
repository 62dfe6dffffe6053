import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { resourceNames } from '../../../generators/service/model/names.ts';

/** Asserts the effect of a documented call on a service: `words` are those after the command, `text` is the whole line. */
type Effect = (service: Service, words: string[], text: string) => Promise<void>;

interface Service {
  read: (file: string) => Promise<string>;
  migrations: () => Promise<string[]>;
}

const fieldsIn = (text: string): string[] =>
  [...text.matchAll(/[" ]([a-z]\w*):[a-z]/g)].map(([, name = '']) => name);

/** By the command. */
const effects: Record<string, Effect> = {
  async resource({ read, migrations }, [name = ''], text) {
    const { pascal, camel, kebab, table } = resourceNames(name);
    assert.match(await read('src/app.ts'), new RegExp(`routers\\.push\\(create${pascal}Router\\(`));
    assert.match(await read('src/events/contracts.ts'), new RegExp(`\\.\\.\\.${camel}Events,`));
    const model = await read(`src/models/${kebab}.ts`);
    for (const field of fieldsIn(text)) assert.match(model, new RegExp(`\\b${field}\\b`));
    assert.ok(
      (await migrations()).some((file) => file.endsWith(`_create_${table}.ts`)),
      table,
    );
  },
  async field({ read, migrations }, [name = ''], text) {
    const { kebab, table } = resourceNames(name);
    const model = await read(`src/models/${kebab}.ts`);
    for (const field of fieldsIn(text)) {
      assert.match(model, new RegExp(`\\b${field}\\?`));
      assert.ok(
        (await migrations()).some((file) => file.endsWith(`_add_${field}_to_${table}.ts`)),
        field,
      );
    }
  },
  async event({ read }, [type = ''], text) {
    const [resource, verb] = type.split('.');
    const [, version = '1'] = /--version (\d+)/.exec(text) ?? [];
    assert.match(await read('asyncapi.json'), new RegExp(`"${type}\\.v${version}"`));
    if (version !== '1') return;
    assert.match(await read(`src/events/${resource}-events.ts`), new RegExp(`type: '${type}'`));
    assert.match(await read(`src/events/${resource}-publisher.ts`), new RegExp(`\\b${verb}: \\(`));
  },
  async consumer({ read }, [type = '']) {
    const { pascal, kebab } = resourceNames(String(type.split('.')[0]));
    assert.match(await read('src/app.ts'), new RegExp(`register${pascal}Consumers\\(bus`));
    const registered = `bus\\.on\\(${resourceNames(type.replace('.', '-')).camel},`;
    assert.match(await read(`src/events/${kebab}-consumers.ts`), new RegExp(registered));
  },
  async client({ read }, [name = '']) {
    assert.match(await read('src/app.ts'), new RegExp(`create${resourceNames(name).pascal}Client\\(`));
    assert.match(await read('.env.example'), new RegExp(`^${name.toUpperCase()}_URL=`, 'm'));
    await read(`src/clients/${name}-client.ts`);
  },
  async command({ read }, [name = '']) {
    await read(`src/commands/${name}.ts`);
  },
  async remove({ read }, [kind = '', name = '']) {
    assert.doesNotMatch(await read('.yo-rc.json'), new RegExp(`"(?:name|type)":"${name}"`));
    if (kind === 'resource')
      assert.doesNotMatch(await read('src/app.ts'), new RegExp(`\\b${resourceNames(name).pascal}`));
  },
  async update() {},
};

/** Asserts that a documented line, `npm init microservice <command> ...`, has its effect on the service in `folder`. */
export async function assertEffect(line: string, folder: string): Promise<void> {
  const [, , , command = '', ...words] = line.split(' ');
  const effect = effects[command];
  assert.ok(effect, `documented, but its effect is not asserted here: ${line}`);
  const read = (file: string) => readFile(path.join(folder, file), 'utf8');
  await effect({ read, migrations: () => readdir(path.join(folder, 'migrations')) }, words, line);
}
