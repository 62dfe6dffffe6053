import assert from 'node:assert/strict';
import fc from 'fast-check';
import { UsageError } from '../../generators/core/usage-error.ts';
import type { Texts } from '../../generators/merge/plan.ts';
import { bare } from '../../generators/merge/text/surface.ts';
import { fromStored } from '../../generators/service/stored/stored-answers.ts';
import { serviceAnswers } from '../support/service-answers.ts';
import { edited, ownerEdits } from './merge/owner-edits.ts';
import { anyCalls, published, start, twoAdditions } from './support/any-commands.ts';
import { type Call, newService, runInMemory, type Service } from './support/service-in-memory.ts';

/** `COMMAND_RUNS=200 npx mocha test/generators/any-commands.test.ts` tries more sequences. */
const numRuns = Number(process.env['COMMAND_RUNS'] ?? 3);

/** Migrations and seeds have their history: they are born once. */
const isBorn = (file: string) => /^(?:migrations|seeds)\//.test(file);
const current = (files: Texts) => Object.fromEntries([...files].filter(([file]) => !isBorn(file)));

/** Runs a call; the service stays if the call is refused, such as for a part that an earlier call removed. */
async function run(service: Service, call: Call): Promise<Service> {
  try {
    return await runInMemory(service, call, published);
  } catch (error) {
    if (error instanceof UsageError) return service;
    throw error;
  }
}

async function runAll(service: Service, calls: Call[]): Promise<Service> {
  let result = service;
  for (const call of calls) result = await run(result, call);
  return result;
}

describe('a service after any commands', function () {
  this.timeout(Math.max(60_000, numRuns * 10_000));
  let generated: Service;
  before(async () => {
    generated = await newService(start);
  });

  const withEdits = (edits: Parameters<typeof edited>[1]): Service => ({
    ...generated,
    disk: edited(generated.disk, edits),
  });

  it('is a fresh generation of its answers, if the owner edited nothing', async () =>
    fc.assert(
      fc.asyncProperty(anyCalls, async (calls) => {
        const { disk, base, answers } = await runAll(generated, calls);
        const fresh = await newService(serviceAnswers(fromStored({ ...answers })));
        assert.deepEqual(current(disk), current(fresh.disk));
        assert.deepEqual(current(base), current(fresh.base));
      }),
      { numRuns },
    ));

  it('is not changed by an update that follows', async () =>
    fc.assert(
      fc.asyncProperty(ownerEdits, anyCalls, async (edits, calls) => {
        const grown = await runAll(withEdits(edits), calls);
        const updated = await runInMemory(grown, ['update', []], published);
        assert.deepEqual({ ...updated, notes: [] }, { ...grown, notes: [] });
      }),
      { numRuns },
    ));

  it('is the same for two additions in either order', async () =>
    fc.assert(
      fc.asyncProperty(ownerEdits, twoAdditions, async (edits, calls) => {
        const [forth, back] = [
          await runAll(withEdits(edits), calls),
          await runAll(withEdits(edits), calls.toReversed()),
        ];
        assert.deepEqual(current(back.disk), current(forth.disk));
      }),
      { numRuns },
    ));

  it('has every line of its owner after each command', async () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(ownerEdits, anyCalls), { maxLength: 2 }), async (rounds) => {
        let service = generated;
        for (const [edits, calls] of rounds) {
          service = { ...service, disk: edited(service.disk, edits) };
          for (const call of calls) {
            const { base, disk } = service;
            service = await run(service, call);
            assert.deepEqual(lostLines({ base, disk }, service.disk), [], JSON.stringify(call));
          }
        }
      }),
      { numRuns },
    ));
});

/** Returns the lines of the owner's files that their base lacks, and that are in no file afterwards. */
function lostLines({ base, disk }: Pick<Service, 'base' | 'disk'>, after: Texts): string[] {
  return [...disk].flatMap(([file, text]) => {
    const [generated, found] = [base, after].map((texts) => new Set(linesIn(texts.get(file) ?? '')));
    return linesIn(text).filter((line) => !generated?.has(line) && !found?.has(line));
  });
}

const linesIn = (text: string) =>
  bare(text)
    .split('\n')
    .map((line) => line.trim());
