import assert from 'node:assert/strict';
import { cleanCode, mergeCode } from './support.ts';

const handlers = (parameters: string, ...lines: string[]) =>
  `import type { Bus, Logger } from 'm';\n\nexport function registerHandlers(${parameters}): void {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;
const lists = ['registerHandlers', '.'];
const both = 'bus: Bus, logger: Logger';
const log = (name: string, logger = 'logger') => `bus.on(${name}, () => ${logger}.info({ ${logger} }));`;

describe('new code of the templates', () => {
  it('uses the name that the owner gave a parameter', async () => {
    assert.equal(
      await cleanCode(
        handlers(both, log('a')),
        handlers('bus: Bus, mine: Logger', 'bus.on(a, () => run(mine));'),
        handlers(both, log('a'), log('b')),
        lists,
      ),
      handlers(
        'bus: Bus, mine: Logger',
        'bus.on(a, () => run(mine));',
        'bus.on(b, () => mine.info({ logger: mine }));',
      ),
    );
  });

  it('uses the name that the owner gave a variable of the function', async () => {
    const service = (database: string, ...lines: string[]) =>
      `function create() {\n  const ${database} = connect();\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;
    assert.equal(
      await cleanCode(
        service('database', 'a(database);'),
        service('db', 'a(db);'),
        service('database', 'a(database);', 'b(database);'),
        ['create'],
      ),
      service('db', 'a(db);', 'b(db);'),
    );
  });

  it('brings the declaration back that the owner removed from the file', async () => {
    const events = (...lines: string[]) => `import { define } from 'm';\n\n${lines.join('\n')}\n`;
    const stream = "const stream = { topic: 'a' };\n";
    assert.equal(
      await cleanCode(
        events(stream, 'export const a = define({ ...stream });'),
        events("export const a = define({ topic: 'a' });"),
        events(stream, 'export const a = define({ ...stream });', 'export const b = define({ ...stream });'),
        lists,
      ),
      events(stream, "export const a = define({ topic: 'a' });", 'export const b = define({ ...stream });'),
    );
  });

  it('is a conflict of its own if the owner removed a parameter that it uses', async () => {
    const { text, conflicts } = await mergeCode(
      handlers(both, log('a')),
      handlers('bus: Bus', 'bus.on(a, () => mine());').replace(', Logger', ''),
      handlers(both, log('a'), log('b')),
      lists,
    );
    assert.equal(conflicts, 1);
    assert.ok(
      text.endsWith(
        `(bus: Bus): void {\n  bus.on(a, () => mine());\n<<<<<<< yours (src/app.ts)\n||||||| generated before (0.2.0)\n=======\n  ${log('b')}\n>>>>>>> generated now (0.3.0)\n}\n`,
      ),
      text,
    );
  });

  it('stays as it is if the owner declares the name in another way, or no side does', async () => {
    assert.equal(
      await cleanCode(
        handlers(both, log('a')),
        handlers('{ bus, logger }: Parts', log('a')),
        handlers(both, log('a'), 'process.on(b, () => logger);'),
        lists,
      ),
      handlers('{ bus, logger }: Parts', log('a'), 'process.on(b, () => logger);'),
    );
  });
});

describe('a list in another form', () => {
  const contracts = (published: string) => `export const contracts = {\n  published: ${published},\n};\n`;
  const spread = (...names: string[]) => `Object.values({ ${names.map((name) => `...${name}`).join(', ')} })`;

  it('gets the values of a new object if it is an array', async () => {
    assert.equal(
      await cleanCode(contracts(spread('a')), contracts('[a1, a2]'), contracts(spread('a', 'b')), [
        'contracts/published',
      ]),
      contracts('[a1, a2, ...Object.values(b)]'),
    );
  });

  it('stays that of the owner: mine()', async () => {
    assert.equal(
      await cleanCode(contracts(spread('a')), contracts('mine()'), contracts(spread('a', 'b')), [
        'contracts/published',
      ]),
      contracts('mine()'),
    );
  });
});
