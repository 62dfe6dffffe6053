// npm run examples: regenerates examples/. Review the diff as code: users get the same files.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeOrderSystem } from './support/example-orders.ts';
import { writeExampleWorkspace } from './support/example-workspace.ts';

const examples = path.resolve(import.meta.dirname, '..', 'examples');
const folder = await mkdtemp(path.join(tmpdir(), 'examples-'));
try {
  for (const write of [writeExampleWorkspace, writeOrderSystem]) {
    const workspace = await write(folder);
    const target = path.join(examples, path.basename(workspace));
    await rm(target, { recursive: true, force: true });
    await cp(workspace, target, { recursive: true });
    console.log(
      `wrote ${target}; its services are repositories of their own: git add --force what is new, but no .env`,
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
