import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseFields } from '../../generators/service/fields/grammar.ts';
import { serviceAnswers } from '../support/service-answers.ts';
import { newFolder, removeFolders } from './support/command.ts';
import { compile } from './support/compiled.ts';
import { newService, runInMemory, type Service } from './support/service-in-memory.ts';

describe('the values of an enum', function () {
  this.timeout(180_000);
  let service: Service;
  before(async () => {
    const order = { name: 'order', fields: parseFields('kind:enum(only) code:string') };
    const only = { name: 'parcel', fields: parseFields('kind:enum(only):index') };
    service = await newService(serviceAnswers({ name: 'shop', resources: [order, only] }));
    service = await runInMemory(service, ['event', ['order.shipped'], { fields: 'by:enum(air|sea)' }]);
  });
  after(removeFolders);

  const nextVersion = (fields: string) =>
    runInMemory(service, ['event', ['order.shipped'], { version: '2', fields }]);

  it('can be one, and grow in the next version of an event: the code compiles', async () => {
    const grown = await nextVersion('by:enum(sea|air|road) note:text:optional');
    assert.match(
      grown.notes?.join('\n') ?? '',
      /^Until version 2 is the only one, "by" has the values of the oldest version: air, sea\.$/m,
    );
    const state = await runInMemory(grown, [
      'event',
      ['order.created'],
      { version: '2', fields: 'kind:enum(only|other) code:string' },
    ]);
    const folder = await newFolder();
    for (const [file, text] of state.disk) {
      if (!/^(src|test)\/.*\.ts$/.test(file)) continue;
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), text);
    }
    assert.deepEqual(await compile(folder), []);
    assert.match(
      state.disk.get('src/events/order-publisher.ts') ?? '',
      /kind: order\.kind, code: order\.code \}/,
    );
    assert.match(state.disk.get('test/order-shipped.test.ts') ?? '', /by: 'sea'/);
  });

  it('cannot be fewer in the next version of an event', async () => {
    await assert.rejects(nextVersion('by:enum(air|road)'), {
      message:
        'the enum "by" of "order.shipped" lacks values in version 2 that it has in version 1: sea. Events of the older version have them, so keep these values, or give the field another name in the new version',
    });
    await assert.rejects(
      nextVersion('by:string'),
      /"by" has two types in the versions of "order\.shipped"; give it/,
    );
  });
});
