import assert from 'node:assert/strict';
import { pristineFile } from '../../generators/output/pristine.ts';
import { yoRcFile } from '../../generators/output/yo-rc.ts';
import { serviceFiles } from '../../generators/service/files.ts';
import { parseFields } from '../../generators/service/model/field-grammar.ts';

const MOST_FILES = 36;
const MOST_LINES = 360;

describe('The size of a service with one resource', () => {
  it(`is at most ${MOST_FILES} committed files, without Kubernetes and CI, and ${MOST_LINES} lines in src/`, async () => {
    const files = await serviceFiles({
      name: 'user',
      description: 'The user service',
      resources: [
        {
          name: 'user',
          fields: parseFields('email:string:unique name:string age:integer:optional active:boolean'),
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
    const committed = [...files.keys(), yoRcFile, pristineFile].filter((file) => file !== '.env');
    assert.ok(committed.length <= MOST_FILES, `${committed.length} files: ${committed.join(', ')}`);
    const sources = [...files].filter(([file]) => file.startsWith('src/'));
    const lines = sources.map(([file, text]): [string, number] => [file, text.split('\n').length - 1]);
    const sum = lines.reduce((total, [, count]) => total + count, 0);
    assert.ok(sum <= MOST_LINES, `${sum} lines: ${lines.map((line) => line.join(' ')).join(', ')}`);
  });
});
