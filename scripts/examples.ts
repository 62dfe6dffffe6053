// npm run examples: writes examples/ anew. Read the difference as code: it is what users get.
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { writeExampleWorkspace } from './support/example-workspace.ts';

const examples = path.resolve(import.meta.dirname, '..', 'examples');
await rm(path.join(examples, 'shop'), { recursive: true, force: true });
await mkdir(examples, { recursive: true });
console.log(`wrote ${await writeExampleWorkspace(examples)}`);
