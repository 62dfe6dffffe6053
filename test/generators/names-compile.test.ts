import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ServiceAnswers } from '../../generators/service/model/answers.ts';
import { parseFields } from '../../generators/service/model/field-grammar.ts';
import { serviceFiles } from '../../generators/service/files.ts';
import { resourceNameFault } from '../../generators/service/model/name-rules.ts';
import { newFolder, removeFolders } from './support/command.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** Nouns near to names of the generated code, of the language or of SQL, which a resource may bear all the same. */
const nouns = `
  category check copy document event-log field file group limit list map message option order publisher query record result
  state type
`;

const everyday = 'label:string:unique at:timestamp:optional data:json:optional amount:decimal';
const secrets: Record<string, string> = {
  some: 'label:string pin:integer:secret at:timestamp:secret data:json:optional:secret status:string:unique:secret',
  all: 'hash:string:index:secret at:timestamp:optional:secret',
};

const answersOf = (name: string, fields: string): ServiceAnswers => ({
  name: 'x',
  description: 'x',
  resources: [
    {
      name,
      fields: parseFields(fields),
    },
  ],
  consumes: [],
  port: 8001,
  databasePort: 5432,
  packageManager: 'npm',
  ci: 'none',
  kubernetes: false,
  git: false,
  install: false,
});

async function writeSources(folder: string, name: string, fields = everyday): Promise<void> {
  for (const [file, text] of await serviceFiles(answersOf(name, fields))) {
    if (!/^(src|test|migrations|seeds)\//.test(file)) continue;
    await mkdir(path.dirname(path.join(folder, name, file)), { recursive: true });
    await writeFile(path.join(folder, name, file), text);
  }
}

const configuration = {
  extends: path.join(root, 'tsconfig.json'),
  compilerOptions: {
    paths: {
      'microservice-runtime': [path.join(root, 'src/runtime/index.ts')],
      'microservice-runtime/tables/*': [path.join(root, 'src/runtime/tables/*.ts')],
      'microservice-runtime/*': [path.join(root, 'src/runtime/*.ts')],
      'microservice-devkit/testing': [path.join(root, 'src/devkit/testing.ts')],
    },
  },
  include: ['**/*.ts'],
  exclude: ['node_modules'],
};

describe('a resource with an everyday name', () => {
  afterEach(removeFolders);

  it('is accepted, and its generated code compiles, with secret fields too', async () => {
    const names = nouns.trim().split(/\s+/);
    assert.deepEqual(
      names.map(resourceNameFault).filter((fault) => fault !== undefined),
      [],
    );
    const folder = await newFolder();
    for (const name of names) await writeSources(folder, name);
    for (const [name, fields] of Object.entries(secrets))
      await writeSources(folder, `${name}-secret`, fields);
    await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
    await writeFile(path.join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
    await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify(configuration));
    const tsc = path.join(root, 'node_modules', '.bin', 'tsc');
    const compiling = promisify(execFile)(tsc, ['--noEmit', '-p', folder]);
    const { stdout } = await compiling.catch((error: { stdout: string }) => error);
    assert.equal(stdout.slice(0, 2000), '');
  }).timeout(120_000);
});
