import assert from 'node:assert/strict';
import { format } from '../../generators/rendering/format.ts';
import { serviceFiles } from '../../generators/service/files.ts';
import type { ConsumedEvent, ServiceAnswers } from '../../generators/service/model/answers.ts';
import { parseFields } from '../../generators/service/fields/grammar.ts';
import { serviceAnswers } from '../support/service-answers.ts';

const resource = (name: string) => ({ name, fields: parseFields('label:string:unique') });
const created = (aggregate: string): ConsumedEvent => ({
  type: `${aggregate}.created`,
  version: 1,
  topic: `${aggregate}.events`,
  aggregate,
  from: `${aggregate}-service`,
  schema: { type: 'object', properties: { label: { type: 'string' } } },
  fields: parseFields('label:string:optional'),
});

const shared = ['src/app.ts', 'src/events/contracts.ts'];

/** The files of a service; only the shared ones are formatted, which takes most of the time. */
const filesOf = (features: Pick<ServiceAnswers, 'resources' | 'consumes'>) =>
  serviceFiles(
    serviceAnswers({ name: 'shop', description: 'The shop', ci: 'github', kubernetes: true, ...features }),
    undefined,
    (file, text) => (shared.includes(file) ? format(file, text) : text),
  );

/** Whether `after` is `before` with lines between its lines. */
function onlyAdds(before: string, after: string): boolean {
  const lines = after.split('\n');
  let from = 0;
  return before.split('\n').every((line) => {
    const at = lines.indexOf(line, from);
    from = at + 1;
    return at >= 0;
  });
}

describe('An added feature', function () {
  this.timeout(60_000);

  it('adds lines to app.ts and contracts.ts, and changes no other source file', async () => {
    const one = { resources: [resource('user')], consumes: [created('account')] };
    const two = {
      resources: [...one.resources, resource('order-item')],
      consumes: [...one.consumes, created('wallet')],
    };
    const [old, present] = [await filesOf(one), await filesOf(two)];
    const touched = [...old].filter(
      ([file, text]) => /^(src|test|seeds)\//.test(file) && present.get(file) !== text,
    );
    assert.deepEqual(
      touched.map(([file]) => file),
      shared,
    );
    for (const [file, text] of touched) assert.ok(onlyAdds(text, present.get(file) ?? ''), file);
  });
});
