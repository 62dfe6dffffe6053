import assert from 'node:assert/strict';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type joi from 'joi';
import { toJsonSchema } from 'microservice-runtime';
import type { ServiceAnswers } from '../../generators/service/model/answers.ts';
import { formatFields, parseFields } from '../../generators/service/fields/grammar.ts';
import { serviceFiles } from '../../generators/service/files.ts';
import { looksSecret } from '../../generators/service/model/secret-names.ts';
import { serviceAnswers } from '../support/service-answers.ts';
import { newFolder, quick, removeFolders, run } from './support/command.ts';

const answersOf = (fields: string): ServiceAnswers =>
  serviceAnswers({ resources: [{ name: 'user', fields: parseFields(fields) }] });

describe('a secret field', function () {
  this.timeout(180_000);
  afterEach(removeFolders);

  it('is declared by a modifier, and can be unique, indexed or optional', () => {
    const text = 'passwordHash:string:secret pin:integer:index:secret token:uuid:unique:optional:secret';
    assert.equal(formatFields(parseFields(text)), text);
    assert.equal(formatFields(parseFields('hashTag:string:public')), 'hashTag:string:public');
    assert.throws(
      () => parseFields('hash:string:secret:public'),
      /the field "hash" is both secret and public/,
    );
  });

  it('does not occur in contracts, events, responses or queries', async () => {
    const files = await serviceFiles(answersOf('email:string passwordHash:string:secret pin:integer:secret'));
    const telling = [...files]
      .filter(([, text]) => /password_?hash|\bpin\b/i.test(text))
      .map(([file]) => file);
    assert.deepEqual(telling, [
      'README.md',
      'migrations/20260101000010_create_users.ts',
      'seeds/user.ts',
      'src/config.ts',
      'src/models/user.ts',
      'src/repositories/user-repository.ts',
      'src/schemas/user-schema.ts',
      'test/new-user.ts',
      'test/user-router.test.ts',
    ]);
  });

  it('is write-only in the schemas of requests, and absent from those of responses', async () => {
    const folder = await newFolder();
    const files = await serviceFiles(
      answersOf('email:string passwordHash:string:secret:optional code:bigint:secret data:json:secret'),
    );
    const file = path.join(folder, 'src', 'schemas', 'user-schema.ts');
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, files.get('src/schemas/user-schema.ts') ?? '');
    await symlink(path.resolve(import.meta.dirname, '../../node_modules'), path.join(folder, 'node_modules'));
    await writeFile(path.join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
    const schemas = (await import(pathToFileURL(file).href)) as Record<string, joi.Schema>;
    const propertiesOf = (name: string) => {
      const schema = schemas[name];
      assert.ok(schema, name);
      return toJsonSchema(schema).properties ?? {};
    };
    for (const name of ['newUserSchema', 'userChangesSchema']) {
      const writeOnly = Object.entries(propertiesOf(name)).filter(([, { writeOnly: is }]) => is === true);
      assert.deepEqual(
        writeOnly.map(([field]) => field),
        ['passwordHash', 'code', 'data'],
        name,
      );
    }
    assert.deepEqual(Object.keys(propertiesOf('userSchema')), ['id', 'email', 'createdAt', 'updatedAt']);
  });

  it('is recognized by its name', () => {
    const secret = `password passwd pwd passphrase passwordHash hashedPassword hash token accessToken secret
      clientSecret ssn apiKey apikey privateKey pin pinCode cvv cvc otp credentials salt`;
    for (const name of secret.trim().split(/\s+/)) assert.ok(looksSecret(name), name);
    const others =
      'name email hashtag pinned spinning tokyo shipping key keyboard passenger compass secretary';
    for (const name of others.split(' ')) assert.ok(!looksSecret(name), name);
  });

  it('is recognized by its name without a question, and one line says so and how to change it', async () => {
    const cwd = await newFolder();
    const stored = async () => {
      const text = await readFile(path.join(cwd, 'user-service', '.yo-rc.json'), 'utf8');
      return /"fields":"(.*?)"/.exec(text)?.[1];
    };
    const generate = (fields: string) =>
      run(['user', ...quick, '--resource', 'user', '--fields', fields], { cwd });
    const { code, output } = await generate('email:string passwordHash:string hashTag:string:public');
    assert.equal(code, 0);
    const lines = output.split('\n').filter((line) => line.includes('secret'));
    assert.deepEqual(lines, [
      'The field "passwordHash" of "user" is kept secret because of its name: answers, events and log lines omit it. If it is not a secret, write passwordHash:string:public',
    ]);
    assert.equal(await stored(), 'email:string passwordHash:string:secret hashTag:string:public');

    const again = await generate('email:string passwordHash:string hashTag:string');
    assert.equal(again.code, 0);
    assert.equal(await stored(), 'email:string passwordHash:string:secret hashTag:string:public');
    await generate('email:string passwordHash:string:public hashTag:string');
    assert.equal(await stored(), 'email:string passwordHash:string:public hashTag:string:public');
    assert.match(await readFile(path.join(cwd, 'user-service', 'asyncapi.json'), 'utf8'), /"passwordHash"/);
  });
});
