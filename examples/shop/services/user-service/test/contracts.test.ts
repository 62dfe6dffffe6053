import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

describe('asyncapi.json', () => {
  it('is up to date (if not, run the script "contracts" and commit)', async () => {
    const root = path.dirname(import.meta.dirname);
    const command = path.join(root, 'node_modules', '.bin', 'microservice-runtime');
    await promisify(execFile)(command, ['contracts', '--check'], { cwd: root });
  });
});
