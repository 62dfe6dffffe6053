// node --import tsx scripts/oasdiff.ts <oasdiff>: records the verdicts of oasdiff on the tables of changes of schemas and operations,
// in test/devkit/contracts/oasdiff.json. Install the program with: go install github.com/oasdiff/oasdiff@v1.38.0
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { operationChanges } from '../test/devkit/contracts/operation-changes.ts';
import { schemaChanges } from '../test/devkit/contracts/schema-changes.ts';

interface Report {
  id: string;
  /** 3 is an error, 2 is a warning. */
  level: number;
}

const [program = 'oasdiff'] = process.argv.slice(2);
const version = 'v1.38.0';
const target = path.resolve(import.meta.dirname, '..', 'test', 'devkit', 'contracts', 'oasdiff.json');
const folder = await mkdtemp(path.join(tmpdir(), 'oasdiff-'));
try {
  const changes: Record<string, unknown> = {};
  for (const { title, base, head } of schemaChanges)
    changes[title] = {
      request: await verdict(documentOf('request', base), documentOf('request', head)),
      response: await verdict(documentOf('response', base), documentOf('response', head)),
    };
  const operations: Record<string, unknown> = {};
  for (const { title, base, head } of operationChanges) operations[title] = await verdict(base, head);
  await writeFile(target, `${JSON.stringify({ version, changes, operations }, null, 2)}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function verdict(base: unknown, head: unknown) {
  const files = ['base.json', 'head.json'].map((name) => path.join(folder, name));
  const [before = '', after = ''] = files;
  await writeFile(before, JSON.stringify(base));
  await writeFile(after, JSON.stringify(head));
  try {
    const output = execFileSync(program, ['breaking', before, after, '--format', 'json'], { stdio: 'pipe' });
    const reports = (JSON.parse(output.toString() || '[]') as Report[] | null) ?? [];
    const level = Math.max(1, ...reports.map((report) => report.level));
    return {
      verdict: level >= 3 ? 'error' : level === 2 ? 'warning' : 'ok',
      ids: [...new Set(reports.map(({ id }) => id))],
    };
  } catch (error) {
    return { verdict: 'unreadable', ids: [String((error as { stderr?: Buffer }).stderr).split('\n')[0]] };
  }
}

function documentOf(use: 'request' | 'response', schema: unknown) {
  const { $defs = {}, ...own } = Object(schema) as { $defs?: object };
  const root = typeof schema === 'boolean' ? schema : own;
  const content = { 'application/json': { schema: root } };
  const responses = { 200: { description: 'ok', ...(use === 'response' && { content }) } };
  const operation = { ...(use === 'request' && { requestBody: { required: true, content } }), responses };
  const document = {
    openapi: '3.1.0',
    info: { title: 'table', version: '1.0.0' },
    paths: { '/one': { post: operation } },
    components: { schemas: $defs },
  };
  return JSON.parse(JSON.stringify(document).replaceAll('#/$defs/', '#/components/schemas/')) as unknown;
}
