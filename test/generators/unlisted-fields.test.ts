import assert from 'node:assert/strict';
import { parseFields } from '../../generators/service/fields/grammar.ts';
import { serviceAnswers } from '../support/service-answers.ts';
import { newService, runInMemory } from './support/service-in-memory.ts';

const note = (field: string) =>
  `The list of "user" cannot be filtered or sorted by "${field}", since every list has a parameter with this name. For a filter, give the field another name.`;

describe('an indexed field with the name of a parameter of lists', () => {
  it('is no filter, and the run that adds it says so once', async () => {
    const user = { name: 'user', fields: parseFields('name:string:index') };
    const service = await newService(serviceAnswers({ name: 'shop', resources: [user] }));
    const fields = 'sort:string:index:optional after:timestamp:unique:optional level:integer:index:optional';
    const grown = await runInMemory(service, ['field', ['user'], { fields }]);
    assert.deepEqual(grown.notes, [note('sort'), note('after')]);
    assert.match(
      grown.disk.get('src/schemas/user-schema.ts') ?? '',
      /querySchemaOf\(userSchema, \['name', 'level'\]\)/,
    );
    const later = await runInMemory(grown, ['field', ['user'], { fields: 'note:text:optional' }]);
    assert.deepEqual(later.notes, []);
  });
});
