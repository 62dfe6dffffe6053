import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileOnPath } from '../../core/file-on-path.ts';
import { UsageError } from '../../core/usage-error.ts';
import { oneLine } from '../../outside/seen.ts';
import { spawnedAs } from '../../output/steps.ts';
import type { OpenApiObject } from './openapi-document.ts';

/** Version 7 needs TypeScript 5, which the service does not have. */
const packages = ['openapi-typescript@7.13.0', 'typescript@5.9.3'];

/** Converts an OpenAPI document into TypeScript. */
export type ConvertOpenApi = (document: OpenApiObject) => Promise<string>;

/**
 * Returns the types that openapi-typescript writes for a document. Installs it with npm into a temporary folder, so nothing of it is in the
 * service. Throws a UsageError with the last line of npm or of openapi-typescript if that fails.
 */
export const convertOpenApi: ConvertOpenApi = async (document) => {
  const cwd = await mkdtemp(path.join(tmpdir(), 'create-microservice-'));
  try {
    await writeFile(path.join(cwd, 'package.json'), '{ "private": true }\n');
    await writeFile(path.join(cwd, 'api.json'), JSON.stringify(document));
    await npmInstall(cwd);
    const cli = path.join('node_modules', 'openapi-typescript', 'bin', 'cli.js');
    const failed = await outcome(process.execPath, [cli, 'api.json', '--output', 'api.ts'], cwd);
    if (failed !== undefined)
      throw new UsageError(
        `openapi-typescript cannot convert the document: ${failed}; check the document with npx @redocly/cli lint`,
      );
    return await readFile(path.join(cwd, 'api.ts'), 'utf8');
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
};

async function npmInstall(cwd: string): Promise<void> {
  const npm = fileOnPath('npm');
  if (npm === undefined)
    throw new UsageError('--openapi needs npm, which is not on the PATH; install it, or use --url instead');
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--fetch-retries=1'];
  const { file, args, shell } = spawnedAs(npm, ['install', ...flags, ...packages]);
  const failed = await outcome(file, [...args], cwd, shell);
  if (failed === undefined) return;
  throw new UsageError(
    `npm could not install ${packages.join(' and ')}: ${failed}; connect to the registry, and run the command again`,
  );
}

/** Resolves to the last line of the error output if the program fails, and to undefined if it succeeds. */
const outcome = (file: string, args: string[], cwd: string, shell = false): Promise<string | undefined> =>
  new Promise((resolve) => {
    execFile(file, args, { cwd, shell, timeout: 180_000, maxBuffer: 2 ** 24 }, (error, _output, errors) =>
      resolve(error ? lastLine(errors || error.message) : undefined),
    );
  });

/** npm ends with the path of its log, and Node with its version. */
function lastLine(errors: string): string {
  const lines = errors.split('\n').map((line) => line.trim());
  const said = lines.filter((line) => /\w/.test(line) && !/complete log|^Node\.js v|^at /.test(line));
  return oneLine(said.at(-1) ?? 'no message').slice(0, 300);
}
