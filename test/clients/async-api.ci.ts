import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execute } from '../../scripts/support/command.ts';
import { temporaryFolder } from '../../scripts/support/temporary-folder.ts';
import { writeContract } from '../generated/services.ts';

const tools = ['@stoplight/spectral-cli@6.16.3', '@asyncapi/modelina@5.10.1'];
/** Facts that only the owner of a service knows, so a generator cannot write them. */
const ownersWords = [
  'asyncapi-3-tags',
  'asyncapi-info-contact',
  'asyncapi-info-license',
  'asyncapi-latest-version',
  'asyncapi-servers',
];
const nameModels = `
import { readFileSync } from 'node:fs';
import { TypeScriptGenerator } from '@asyncapi/modelina';
const models = await new TypeScriptGenerator().generate(JSON.parse(readFileSync('asyncapi.json', 'utf8')));
const isEnum = ({ model }) => model.constructor.name === 'ConstrainedEnumModel';
console.log(JSON.stringify(models.filter((each) => !isEnum(each)).map(({ modelName }) => modelName)));
`;

describe('asyncapi.json of a service with fields of every type', function () {
  this.timeout(300_000);
  let folder: string;

  before(async () => {
    folder = await temporaryFolder('async-api');
    await writeContract(folder);
    await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }');
    await execute('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...tools], {
      cwd: folder,
    });
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it('passes spectral:asyncapi, except for texts that the owner writes', async () => {
    await writeFile(path.join(folder, '.spectral.json'), '{ "extends": ["spectral:asyncapi"] }');
    const spectral = path.join(folder, 'node_modules', '.bin', 'spectral');
    const parameters = ['lint', '--quiet', '--format', 'json', '--fail-severity', 'error', 'asyncapi.json'];
    const output = await execute(spectral, parameters, { cwd: folder });
    const found = JSON.parse(output.slice(output.indexOf('['))) as { code: string }[];
    assert.deepEqual([...new Set(found.map(({ code }) => code))].toSorted(), ownersWords);
  });

  it('gives modelina a name for each payload', async () => {
    await writeFile(path.join(folder, 'models.js'), nameModels);
    const output = await execute(process.execPath, ['models.js'], { cwd: folder });
    const names = JSON.parse(output.slice(output.indexOf('['))) as string[];
    const events = ['Account', 'User'].flatMap((name) =>
      ['Created', 'Deleted', 'Updated'].map((fact) => name + fact),
    );
    assert.deepEqual(
      events.filter((name) => !names.includes(name)),
      [],
    );
    assert.doesNotMatch(output, /Anonymous/);
  });
});
