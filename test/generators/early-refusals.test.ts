import assert from 'node:assert/strict';
import { commands } from '../../generators/service/commands/commands.ts';
import { parseFields } from '../../generators/service/fields/grammar.ts';
import { backfillFault } from '../../generators/service/migrations/backfill.ts';
import { serviceAnswers } from '../support/service-answers.ts';

const fields = parseFields('code:string note:text:optional');
const shipped = (version: number) => ({ verb: 'shipped', version, fields: parseFields('carrier:string') });
const resources = [{ name: 'order', fields, events: [shipped(1), shipped(2)] }];
const answers = serviceAnswers({ name: 'order', resources });

/** Runs a command in memory, and resolves to the message of its refusal. */
async function refusal(line: string, flags: Record<string, string> = {}): Promise<string> {
  const [name, ...words] = line.split(' ');
  const context = { siblings: [], contractFiles: [], notes: [], publishedEvents: async () => [] };
  const given = Object.entries(flags).map(([flag, value]) => ({ flag, value }));
  const command = commands.find((each) => each.name === name) ?? assert.fail(name);
  const change = async () => command.change(answers, { words, given, yes: true, context });
  return change().then(
    () => '',
    (error: Error) => error.message,
  );
}

describe('the refusal of', () => {
  it('a version of the routes that skips one names the next one', async () => {
    assert.match(await refusal('resource order', { api: 'v3' }), /after v1 is v2, not "v3"; write .*v2$/);
  });

  it('a second version of the event of a removed row does not ask for its data', async () => {
    assert.match(await refusal('event order.deleted', { version: '2' }), /"order\.deleted" has one version/);
  });

  it('the value of the present rows names its fault', () => {
    for (const sql of ['(select max(code) from orders', "'open", 'lower(code))', ')(', '"code'])
      assert.match(backfillFault(sql) ?? '', /without its other one/, sql);
    for (const sql of ['null', ' NULL ', '(null)', 'null::text'])
      assert.match(backfillFault(sql) ?? '', /is null, but each row needs a value/, sql);
    for (const sql of ["'it''s (here'", "coalesce(note, '')", '(select max("a)") from x)', 'nullif(a, b)'])
      assert.equal(backfillFault(sql), undefined, sql);
  });
});
