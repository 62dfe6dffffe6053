import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type ConsumedEvent, type ServiceAnswers } from '../../generators/service/model/answers.ts';
import { parseFields } from '../../generators/service/fields/grammar.ts';
import { serviceFiles } from '../../generators/service/files.ts';
import { clientCodeFault, clientNameFault } from '../../generators/service/clients/client-rules.ts';
import { kebabFault, toKebab } from '../../generators/outside/kebab-case.ts';
import { resourceNameFault } from '../../generators/service/model/name-rules.ts';
import { changedFiles } from '../generated/readme-changes.ts';
import { everyType } from '../support/every-type.ts';
import { serviceAnswers, writeContractFile } from '../support/service-answers.ts';
import { newFolder, quick, removeFolders, run } from './support/command.ts';
import { compile } from './support/compiled.ts';

/** Nouns close to names of the generated code, of the language or of SQL, which a resource may still have. */
const nouns = `
  category check column conflict copy document event-log field file group limit list map message option order publisher query
  record result state type value
`;
const names = nouns.trim().split(/\s+/);

const everyday = 'label:string:unique at:timestamp:optional data:json:optional amount:decimal';
const secrets: Record<string, string> = {
  some: 'label:string pin:integer:secret at:timestamp:secret data:json:optional:secret status:string:unique:secret',
  all: 'hash:string:index:secret at:timestamp:optional:secret',
};

/** The events that a service copies which owns no resource. */
const consumed = (fields: string): ConsumedEvent => ({
  ...{ type: 'user.created', version: 1, topic: 'user.events', aggregate: 'user', from: 'user-service' },
  ...{ schema: {}, fields: parseFields(fields) },
});

const answersOf = (name: string, fields: string): ServiceAnswers =>
  serviceAnswers({
    name: 'x',
    description: 'x',
    resources: [{ name, fields: parseFields(fields) }],
    clients: [{ name, url: 'https://api.example.com' }],
    commands: [{ name }],
  });

async function writeSources(folder: string, name: string, fields = everyday): Promise<void> {
  const files = [...(await serviceFiles(answersOf(name, fields)))];
  await write(
    path.join(folder, name),
    files.filter(([file]) => /^(src|test|migrations|seeds)\//.test(file)),
  );
}

/** Writes the sources of a service after the changes that its README describes. */
async function writeChanged(folder: string, fields: string): Promise<void> {
  const files = await serviceFiles(answersOf('note', fields));
  const all = new Map([...files, ...changedFiles(files, 'migrations/20260101000099_change.ts')]);
  await write(
    folder,
    [...all].filter(([file]) => /^(src|test|migrations)\//.test(file)),
  );
}

/** Every name that a client or a command could share with a name in its own code: `http` gives createHttpClient. */
async function likeGeneratedNames(): Promise<string[]> {
  const files = await serviceFiles(answersOf('probe', everyday));
  const code = [...files].filter(([file]) => /client|command|fake|src\/(app|config)/.test(file));
  const identifiers = new Set(code.flatMap(([, text]) => text.match(/[A-Za-z_]\w*/g) ?? []));
  const stems = [...identifiers].flatMap((each) => [
    each,
    /^(?:create|startFake)?(.+?)(?:Client)?$/.exec(each)?.[1] ?? '',
  ]);
  return [...new Set(stems.map((stem) => toKebab(stem).replace(/(?<=.)-client$/, '')))].filter(
    (name) => kebabFault(name, '') === undefined && clientNameFault(name) === undefined,
  );
}

/** Writes a service with all of these clients and commands, except the clients that are refused. */
async function writeClients(folder: string): Promise<string[]> {
  const like = await likeGeneratedNames();
  const clients = like
    .filter((name) => clientCodeFault(name) === undefined)
    .map((name) => ({ name, url: 'https://api.example.com' }));
  const commands = like.map((name) => ({ name }));
  const files = await serviceFiles(serviceAnswers({ name: 'taxi', clients, commands }));
  await write(
    folder,
    [...files].filter(([file]) => /^(src|test)\//.test(file)),
  );
  return like.filter((name) => clientCodeFault(name) !== undefined);
}

const typed = /^(src\/(models|schemas|repositories)|src\/events\/\S+-copy-events|test\/new-)/;
const field = /^ +(id|label|at|data|amount|pin|createdAt|updatedAt|copiedAt)\??: .*,$/;

/**
 * Writes the typed files of a resource and of a copy once for each field that a schema or the test data states, without that
 * line. Resolves to the folder of each, and the file that must not compile there.
 */
async function writeOmissions(folder: string): Promise<Map<string, string>> {
  const { consumes: _, ...answers } = answersOf('note', `${everyday} pin:integer:secret`);
  const files = await serviceFiles({ ...answers, consumes: [consumed(everyday)] });
  const written = [...files].filter(([file]) => typed.test(file));
  const omissions = new Map<string, string>();
  for (const [file, text] of written) {
    const lines = text.split('\n');
    for (const [index] of lines.entries()) {
      if (!field.test(lines[index] ?? '')) continue;
      const variant = `omission-${omissions.size}`;
      omissions.set(variant, file);
      await write(path.join(folder, variant), [...written, [file, lines.toSpliced(index, 1).join('\n')]]);
    }
  }
  return omissions;
}

async function write(folder: string, files: [file: string, text: string][]): Promise<void> {
  for (const [file, text] of files) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
  }
}

/** Writes a service, edits it, and adds a resource, fields, events with fields of every type, and consumed events to it in later runs. */
async function writeLater(cwd: string): Promise<void> {
  await writeContractFile(path.join(cwd, 'account.json'), [
    { name: 'account', fields: parseFields('email:string') },
  ]);
  const folder = path.join(cwd, 'taxi-service');
  const app = path.join(folder, 'src/app.ts');
  const add = async (from: string, ...flags: string[]) => {
    const { code, errors } = await run(flags, { cwd: from });
    assert.deepEqual([code, errors], [0, []]);
  };
  await add(cwd, 'taxi', ...quick, '--resource', 'driver', '--fields', 'name:string:unique');
  const text = await readFile(app, 'utf8');
  const edited = `import { hostname } from 'node:os';\n${text}\nexport const mine: string = hostname();\n`;
  await writeFile(app, edited);
  const references = 'driver:reference(driver) earlier:reference(trip):optional';
  await add(folder, '--resource', 'trip', '--fields', 'code:string', '--fields', references);
  await add(folder, '--resource', 'driver', '--fields', 'note:text:optional');
  await add(folder, '--consumes', 'account.created', '--contract', '../account.json');
  const fields = everyType.flatMap(([word, type]) => [`my${word}:${type}`, `maybe${word}:${type}:optional`]);
  await add(folder, 'event', 'trip.ended', '--fields', fields.join(' '));
  await add(folder, 'event', 'driver.hired');
  await add(
    folder,
    'consumer',
    'account.updated',
    'account.deleted',
    '--handler',
    '--contract',
    '../account.json',
  );
  const merged = await readFile(app, 'utf8');
  for (const part of ['hostname()', 'createDriverRouter(', 'createTripRouter(', 'createAccountCopyRouter('])
    assert.ok(merged.includes(part), part);
}

describe('the generated code', function () {
  this.timeout(180_000);
  let omissions: Map<string, string>;
  let refusedClients: string[];
  /** The errors of the compiler, one per line. */
  let faults: string[];
  before(async () => {
    const folder = await newFolder();
    for (const name of names) await writeSources(folder, name);
    for (const [name, fields] of Object.entries(secrets))
      await writeSources(folder, `${name}-secret`, fields);
    for (const [name, fields] of Object.entries({ everyday, ...secrets }))
      await writeChanged(path.join(folder, `changed-${name}`), fields);
    omissions = await writeOmissions(folder);
    refusedClients = await writeClients(path.join(folder, 'clients'));
    await mkdir(path.join(folder, 'later'));
    await writeLater(path.join(folder, 'later'));
    faults = await compile(folder);
  });
  after(removeFolders);

  it('of a resource with an everyday name compiles, with secret fields, after the changes of its README and after additions too', () => {
    assert.deepEqual(
      names.map(resourceNameFault).filter((fault) => fault !== undefined),
      [],
    );
    assert.deepEqual(faults.filter((line) => !line.startsWith('omission-')).slice(0, 20), []);
  });

  it('of a client or a command compiles with any name, unless the command refuses the client', () => {
    const first = faults.filter((line) => line.startsWith('clients/')).slice(0, 20);
    assert.deepEqual(first, []);
    assert.deepEqual(refusedClients.toSorted(), [
      'api',
      'http',
      'http-client-options',
      'omit',
      'return-type',
    ]);
  });

  it('does not compile if a schema or the test data omits a field of the model', () => {
    const places = [...omissions].map(([variant, file]) => `${variant}/${file}(`);
    assert.ok(places.length > 30, String(places.length));
    assert.deepEqual(
      places.filter((place) => !faults.some((line) => line.startsWith(place))),
      [],
    );
  });
});
