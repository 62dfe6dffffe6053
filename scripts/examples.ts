// npm run examples: regenerates examples/. Review the diff as code: users get the same files.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeExampleWorkspace } from './support/example-workspace.ts';

const target = path.resolve(import.meta.dirname, '..', 'examples', 'shop');
const folder = await mkdtemp(path.join(tmpdir(), 'examples-'));
try {
  const workspace = await writeExampleWorkspace(folder);
  await rm(target, { recursive: true, force: true });
  await cp(workspace, target, { recursive: true });
  console.log(
    `wrote ${target}; its services are repositories of their own: git add --force what is new, but no .env`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
