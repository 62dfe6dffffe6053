import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findSiblings } from '../../generators/output/place.ts';
import { findEvents } from '../../generators/service/contracts/contract-files.ts';
import { readYoRc, yoRcText } from '../../generators/output/yo-rc.ts';
import { newFolder, removeFolders } from './support/command.ts';

const remembered = (answers: Record<string, unknown>) => ({
  generator: 'service',
  version: '0.1.0',
  answers,
});
const padding = (bytes: number) => ' '.repeat(bytes);

describe('the memory of a folder', () => {
  afterEach(removeFolders);

  const write = async (folder: string, file: string, text: string) => {
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, file), text);
  };

  it('is refused in one line if .yo-rc.json is larger than a service needs', async () => {
    const folder = await newFolder();
    await write(folder, '.yo-rc.json', `{}${padding(600 * 2 ** 10)}`);
    await assert.rejects(readYoRc(folder), {
      name: 'UsageError',
      message: /^cannot read .*\.yo-rc\.json: it is larger than 524288 bytes$/,
    });
  });

  it('is refused before it is written if the next run could not read it', async () => {
    const folder = await newFolder();
    const answers = { consumes: [{ schema: { description: 'x'.repeat(600 * 2 ** 10) } }] };
    await assert.rejects(yoRcText(folder, remembered(answers)), {
      name: 'UsageError',
      message: /\.yo-rc\.json would have \d+ bytes, but the maximum is 524288; consume fewer events/,
    });
    assert.deepEqual(await readdir(folder), []);
  });

  it('is refused if the files of all siblings are too large together', async () => {
    const folder = await newFolder();
    const text = JSON.stringify({ 'create-microservice': remembered({ port: 8001 }) });
    for (let index = 0; index < 40; index += 1)
      await write(path.join(folder, `service-${index}`), '.yo-rc.json', text + padding(500 * 2 ** 10));
    await assert.rejects(findSiblings(folder, { cwd: folder }), {
      name: 'UsageError',
      message: /^the services in .* have more than 16777216 bytes of \.yo-rc\.json in all/,
    });
  });

  it('does not count toward that limit if it is ignored', async () => {
    const folder = await newFolder();
    await write(path.join(folder, 'huge'), '.yo-rc.json', padding(17 * 2 ** 20));
    const notes: string[] = [];
    assert.deepEqual(await findSiblings(folder, { cwd: folder, note: (line) => notes.push(line) }), []);
    assert.match(notes.join('\n'), /huge\/\.yo-rc\.json is ignored: it is larger than 524288 bytes$/);
  });

  it('is refused if the contracts of a run are too large together', async () => {
    const folder = await newFolder();
    const contract = JSON.stringify({ asyncapi: '3.0.0', info: { title: 'billing' } });
    const siblings = Array.from({ length: 9 }, (_, index) => ({
      folder: path.join(folder, `service-${index}`),
      answers: {},
    }));
    for (const sibling of siblings)
      await write(sibling.folder, 'asyncapi.json', contract + padding(4 * 2 ** 20 - 1_000));
    assert.deepEqual(await findEvents(siblings.slice(0, 7), []), []);
    await assert.rejects(findEvents(siblings, []), {
      name: 'UsageError',
      message: /^cannot read the contract .*service-8.*: the contracts have more than 33554432 bytes in all$/,
    });
  });
});
