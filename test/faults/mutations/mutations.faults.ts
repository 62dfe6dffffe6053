import assert from 'node:assert/strict';
import { readOptions } from '../options.ts';
import { createRandom } from '../random.ts';
import { createMutant, type Mutant } from './mutant.ts';
import type { Mutation } from './mutation.ts';
import { mutations } from './mutations.ts';

/** A short campaign tries some of them, drawn by its seed. */
const { short, seed } = readOptions(process.env);
const chosen = short
  ? sample(
      mutations.filter(({ slow }) => !slow),
      4,
      seed,
    )
  : mutations;

describe(`the event bus without one of its mechanisms (seed ${seed})`, function () {
  this.timeout(600_000);
  let mutant: Mutant;
  before(async () => (mutant = await createMutant()));
  after(() => mutant?.remove());

  it('has a control: with every mechanism, the same tests pass', async () => {
    const tests = chosen.filter(({ slow }) => !slow).map(({ noticedBy }) => noticedBy);
    const { passed, failed } = await mutant.run(tests);
    assert.deepEqual(failed, []);
    for (const { title } of tests)
      assert.ok(
        passed.some((passing) => passing.includes(title)),
        `${title} did not run`,
      );
  });

  for (const mutation of chosen) {
    it(`is noticed: ${mutation.name}`, async () => {
      const { failed } = await mutant.run([mutation.noticedBy], mutation);
      const noticed = failed.find(({ title }) => title.includes(mutation.noticedBy.title));
      report(mutation, noticed?.message);
      assert.ok(noticed, `no test notices that this is gone: ${mutation.mechanism}`);
    });
  }
});

function report({ name }: Mutation, message: string | undefined): void {
  const [reason = ''] = (message ?? '').split('\n');
  console.log(
    message === undefined ? `      NOT CAUGHT ${name}` : `      caught ${name}: ${reason.slice(0, 120)}`,
  );
}

/** The requested number of mutations, in their original order. */
function sample(all: readonly Mutation[], size: number, of: number): Mutation[] {
  const drawn = new Set(createRandom(of).shuffle(all).slice(0, size));
  return all.filter((mutation) => drawn.has(mutation));
}
