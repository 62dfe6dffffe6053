import fc from 'fast-check';
import { serviceFiles } from '../../generators/service/files.ts';
import { anyAnswers } from './support/any-answers.ts';
import { assertFormatted } from './support/formatted.ts';

const RUNS = Number(process.env['FORMATTING_RUNS'] ?? 40);

describe(`${RUNS} random services`, () => {
  it('are written as prettier would, whatever the length of their names', async () =>
    fc.assert(
      fc.asyncProperty(anyAnswers, async (answers) => assertFormatted(await serviceFiles(answers))),
      { numRuns: RUNS, endOnFailure: true },
    )).timeout(600_000);
});
