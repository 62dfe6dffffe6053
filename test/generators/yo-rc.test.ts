import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { yoRcFile } from '../../generators/core/yo-rc-file.ts';
import { readYoRc, yoRcText } from '../../generators/output/yo-rc.ts';
import { newFolder, removeFolders } from './support/command.ts';

const remembered = {
  generator: 'service',
  version: '0.1.0',
  answers: {
    port: 8001,
    name: 'user',
    consumes: [],
    resources: [
      { name: 'user', fields: 'email:string' },
      { name: 'order', fields: 'a:string' },
    ],
  },
  tables: { users: 'email:string', orders: '' },
};

describe('.yo-rc.json', () => {
  afterEach(removeFolders);

  it('has one line per answer, table and element of a list, sorted by name', async () => {
    const folder = await newFolder();
    await writeFile(path.join(folder, yoRcFile), JSON.stringify({ 'generator-other': { a: [1] } }));
    const text = await yoRcText(folder, remembered);
    assert.equal(
      text,
      `{
  "generator-other": {
    "a": [
      1
    ]
  },
  "create-microservice": {
    "generator": "service",
    "version": "0.1.0",
    "answers": {
      "consumes": [],
      "name": "user",
      "port": 8001,
      "resources": [
        {"name":"user","fields":"email:string"},
        {"name":"order","fields":"a:string"}
      ]
    },
    "tables": {
      "orders": "",
      "users": "email:string"
    }
  }
}
`,
    );
    await writeFile(path.join(folder, yoRcFile), text);
    assert.deepEqual(await readYoRc(folder), remembered);
    assert.equal(await yoRcText(folder, remembered), text);
  });
});
