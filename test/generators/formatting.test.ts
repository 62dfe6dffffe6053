import assert from 'node:assert/strict';
import * as prettier from 'prettier';
import { fieldTypes, type Field, type ServiceAnswers } from '../../generators/service/model/answers.ts';
import { parseFields } from '../../generators/service/model/field-grammar.ts';
import { serviceFiles } from '../../generators/service/files.ts';
import { serviceAnswers } from '../support/service-answers.ts';
import { workspaceFiles } from '../../generators/workspace/files.ts';

const longest = 'a-name-as-long-as-anybody-may-give-it';
const fields = fieldTypes.flatMap((type): Field[] => [
  { name: `my${type}`, type, unique: false, optional: false, index: type === 'date' },
  { name: `aRatherLongNameOfAnOptionalFieldOf${type}`, type, unique: false, optional: true, index: false },
  {
    name: `hidden${type}`,
    type,
    unique: type === 'uuid',
    optional: type === 'text',
    index: false,
    secret: true,
  },
]);
const small = serviceAnswers({
  resources: [{ name: 'user', fields: fields.slice(0, 2) }],
  ci: 'github',
  kubernetes: true,
});
const large: ServiceAnswers = {
  ...small,
  name: longest,
  packageManager: 'pnpm',
  description: 'with every "quote", `tick`, ${brace}, *star*, snake_case and ümlaut '.repeat(3).trim(),
  resources: [
    { name: longest, fields },
    { name: 'b', fields: fields.slice(3, 5) },
    { name: 'vault', fields: fields.filter(({ secret }) => secret) },
    { name: 'key-ring', fields: parseFields('pin:string:secret') },
  ],
  consumes: ['created', 'updated'].map((what) => ({
    type: `account.${what}`,
    version: 1,
    topic: 'account.events',
    aggregate: 'account',
    from: 'account-service',
    schema: { type: 'object', properties: { id: { type: 'string' } } },
    fields,
  })),
};

const shop = { name: 'shop', description: large.description, git: false };

/** The generator formats some files with the fastest parser; `prettier` in a service uses another one. */
describe('formatting', function () {
  this.timeout(30_000);

  for (const [name, answers] of Object.entries({
    small,
    large,
    'that publishes nothing': { ...small, resources: [] },
  })) {
    it(`writes a service ${name} as prettier would`, async () =>
      assertFormatted(await serviceFiles(answers)));
  }

  it('writes a workspace as prettier would', async () => assertFormatted(await workspaceFiles(shop)));
});

async function assertFormatted(files: Map<string, string>): Promise<void> {
  const ignored = new Set(files.get('.prettierignore')?.split('\n'));
  for (const [file, text] of files) {
    const { inferredParser } = await prettier.getFileInfo(file);
    if (!inferredParser || ignored.has(file)) continue;
    const options = { printWidth: 110, singleQuote: true, filepath: file };
    assert.equal(text, await prettier.format(text, options), file);
  }
}
