import assert from 'node:assert/strict';
import { yoRcFile } from '../../generators/core/yo-rc-file.ts';
import { format } from '../../generators/rendering/format.ts';
import { serviceFiles } from '../../generators/service/files.ts';
import { parseFields } from '../../generators/service/fields/grammar.ts';
import { serviceAnswers } from '../support/service-answers.ts';

const MOST_FILES = 35;
const MOST_LINES = 330;

describe('The size of a service with one resource', () => {
  it(`is at most ${MOST_FILES} committed files, without Kubernetes and CI, and ${MOST_LINES} lines in src/`, async () => {
    const fields = parseFields('email:string:unique name:string age:integer:optional active:boolean');
    const answers = serviceAnswers({ resources: [{ name: 'user', fields }] });
    const isSource = (file: string) => file.startsWith('src/');
    const files = await serviceFiles(answers, undefined, (file, text) =>
      isSource(file) ? format(file, text) : text,
    );
    const committed = [...files.keys(), yoRcFile].filter((file) => file !== '.env');
    assert.ok(committed.length <= MOST_FILES, `${committed.length} files: ${committed.join(', ')}`);
    const sources = [...files].filter(([file]) => isSource(file));
    const lines = sources.map(([file, text]): [string, number] => [file, text.split('\n').length - 1]);
    const sum = lines.reduce((total, [, count]) => total + count, 0);
    assert.ok(sum <= MOST_LINES, `${sum} lines: ${lines.map((line) => line.join(' ')).join(', ')}`);
  });
});
