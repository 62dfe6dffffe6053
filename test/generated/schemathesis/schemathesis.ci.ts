import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { execute } from '../../../scripts/support/command.ts';
import { temporaryFolder } from '../../../scripts/support/temporary-folder.ts';
import { pythonEnvironment, requireTools } from '../../support/tools.ts';
import { startEveryTypeService, type EveryTypeService } from '../every-type-service.ts';

const here = import.meta.dirname;
const leastRequests = 2_000;

/**
 * Schemathesis sends both valid and invalid requests by the document, and checks each response: no 500, no undocumented
 * status, media type, header or body, no refusal of valid data, no acceptance of invalid data.
 */
describe('the document of a generated service, checked by Schemathesis', function () {
  this.timeout(1_200_000);
  let folder: string;
  let bin: string;
  let service: EveryTypeService;

  before(async function () {
    await requireTools(this, [['python3', '-c', 'import venv, ensurepip']]);
    folder = await temporaryFolder('schemathesis');
    bin = await pythonEnvironment(folder, path.join(here, 'requirements.txt'));
    service = await startEveryTypeService();
  });

  after(async () => {
    await service?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  async function requestsOf(resource: string, examples: number): Promise<number> {
    const output = await execute(
      path.join(bin, 'st'),
      [
        ...['--config-file', path.join(here, 'schemathesis.toml')],
        ...['run', `${service.url}/openapi.json`, '--include-path-regex', `^/v1/${resource}`],
        ...['--checks', 'all', '--phases', 'coverage,fuzzing,stateful', '--seed', '8'],
        ...['--max-examples', String(examples), '--no-color', '--continue-on-failure'],
      ],
      {
        cwd: folder,
        env: {
          ...process.env,
          SCHEMATHESIS_HOOKS: path.join(here, 'hooks.py'),
          PYTHONDONTWRITEBYTECODE: '1',
        },
      },
    );
    return Number(/^\s+(\d+) generated/m.exec(output)?.[1]);
  }

  it(`holds for every field type, required and optional, in ${leastRequests} requests each`, async () => {
    const counts = await Promise.all([requestsOf('things', 165), requestsOf('maybes', 450)]);
    for (const count of counts) assert.ok(count >= leastRequests, `${counts.join(' and ')} requests`);
  });
});
