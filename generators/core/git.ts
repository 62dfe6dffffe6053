import { shownFolder } from './shown-path.ts';
import { UsageError } from './usage-error.ts';
import { fileOnPath } from './file-on-path.ts';

/** Git in the repository of a folder. It starts no program that the repository configures. */
export interface Git {
  /** The path from the root of the repository to the folder: empty, or with a final `/`. */
  prefix: string;
  /** Returns the bytes that git prints. Throws a UsageError if git fails. */
  bytes(args: readonly string[], input?: string): Buffer;
  /** Returns the text that git prints, without the last line end; undefined if git exits with a code above `most`, by default 0. */
  attempt(args: readonly string[], most?: number): string | undefined;
}

const always = ['--no-optional-locks', '--literal-pathspecs', '-c', 'core.fsmonitor=false'];

/**
 * Returns undefined without git, or if the folder is not in a repository. Throws a UsageError if git fails for another reason, such as
 * a repository of another user.
 */
export async function gitIn(folder: string): Promise<Git | undefined> {
  const file = fileOnPath('git');
  if (file === undefined) return undefined;
  const { spawnSync } = await import('node:child_process');
  const run = (args: readonly string[], input?: string) =>
    spawnSync(file, [...always, ...args], {
      cwd: folder,
      env: { ...process.env, LC_ALL: 'C' },
      maxBuffer: 64 * 2 ** 20,
      ...(input !== undefined && { input }),
    });
  const failure = (args: readonly string[], { error, stderr }: ReturnType<typeof run>) => {
    const reason = error?.message ?? String(stderr).trim().split('\n')[0];
    return new UsageError(
      `"git ${args[0]}" failed in ${shownFolder(folder)}: ${reason}. Fix it, or add --force`,
    );
  };
  const showPrefix = ['rev-parse', '--show-prefix'];
  const found = run(showPrefix);
  if (found.status !== 0 && /not a git repository/.test(String(found.stderr))) return undefined;
  if (found.status !== 0) throw failure(showPrefix, found);
  return {
    prefix: String(found.stdout).replace(/\n$/, ''),
    bytes(args, input) {
      const result = run(args, input);
      if (result.status !== 0) throw failure(args, result);
      return result.stdout;
    },
    attempt(args, most = 0) {
      const { status, stdout } = run(args);
      return status !== null && status <= most ? String(stdout).replace(/\n$/, '') : undefined;
    },
  };
}
