import assert from 'node:assert/strict';
import { parseFields } from '../../generators/service/fields/grammar.ts';
import { serviceFiles } from '../../generators/service/files.ts';
import { changedFiles, readmeSteps } from '../generated/readme-changes.ts';
import { serviceAnswers } from '../support/service-answers.ts';
import { assertFormatted } from './support/formatted.ts';

const services: Record<string, string> = {
  user: 'email:string:unique name:string',
  'order-line': 'archived:boolean pin:string:secret data:json:optional',
  vault: 'pin:string:secret archived:boolean hidden:date',
};

const generated = (name: string, fields: string) =>
  serviceFiles(serviceAnswers({ resources: [{ name, fields: parseFields(fields) }] }));

describe('the section "Change it" of a generated README', () => {
  for (const [name, fields] of Object.entries(services)) {
    it(`changes lines that the files of ${name} have once, to formatted code`, async () => {
      const files = await generated(name, fields);
      const changed = changedFiles(files, 'migrations/20260101000099_change.ts');
      assert.equal(changed.size, 9, [...changed.keys()].join(', '));
      await assertFormatted(changed);
    });
  }

  it('names only commands of the service, in npm and in pnpm', async () => {
    for (const packageManager of ['npm', 'pnpm'] as const) {
      const resources = [{ name: 'user', fields: parseFields('email:string') }];
      const files = await serviceFiles(serviceAnswers({ resources, packageManager }));
      const commands = readmeSteps(files.get('README.md') ?? '').flatMap((step) =>
        step.kind === 'run' ? [step.command] : [],
      );
      const run = packageManager === 'npm' ? ['npm run', ' --'] : ['pnpm', ''];
      assert.deepEqual(commands, [
        `${run[0]} db:make${run[1]} add_archived_to_users`,
        `${run[0]} contracts`,
        `${run[0]} contracts`,
        `${packageManager} test`,
      ]);
    }
  });

  it('is missing in a service that owns no resource', async () => {
    const files = await serviceFiles(serviceAnswers({}));
    assert.deepEqual(readmeSteps(files.get('README.md') ?? ''), []);
  });
});
