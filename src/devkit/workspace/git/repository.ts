import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DevError } from '../../dev/environment/dev-error.ts';

/** Starts no program that the repository configures, and takes no lock. */
const always = ['--no-optional-locks', '--literal-pathspecs', '-c', 'core.fsmonitor=false'];
const most = 64 * 2 ** 20;

/**
 * Git sets these variables for the programs of a hook, and they would lead from every folder to the repository of the hook
 * (https://git-scm.com/docs/githooks).
 */
const ofHooks = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX', 'GIT_COMMON_DIR'];

function environment(): NodeJS.ProcessEnv {
  const given = Object.entries(process.env).filter(([name]) => !ofHooks.includes(name));
  return { ...Object.fromEntries(given), LC_ALL: 'C' };
}

/** Runs git in a folder; resolves to its output. Rejects with a DevError that has the first line of git's error. */
export async function git(folder: string, ...args: string[]): Promise<string> {
  try {
    const options = { cwd: folder, maxBuffer: most, env: environment() };
    const { stdout } = await promisify(execFile)('git', [...always, ...args], options);
    return stdout;
  } catch (cause) {
    const { stderr, code } = cause as { stderr?: string; code?: unknown };
    const reason = stderr?.trim().split('\n')[0] ?? (code === 'ENOENT' ? 'git is not installed' : code);
    throw new DevError(`git ${args[0]} failed in ${folder}: ${String(reason)}`, { cause });
  }
}

/**
 * Returns the id of the commit from which the work tree of `folder` departs: the common ancestor of HEAD and `revision`. Rejects
 * with a DevError that names the remedy, since a comparison without a base must not pass.
 */
export async function baseCommit(folder: string, revision: string): Promise<string> {
  if (revision.startsWith('-')) throw new DevError(`"${revision}" is not a git revision.`);
  try {
    await git(folder, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`);
  } catch (cause) {
    await git(folder, 'rev-parse', '--git-dir').catch((error: unknown) => {
      throw new DevError(`${folder} is not in a git repository, so no revision of it can be read.`, {
        cause: error,
      });
    });
    await git(folder, 'rev-parse', '--verify', '--quiet', 'HEAD').catch((error: unknown) => {
      throw new DevError(`The repository of ${folder} has no commit yet. Commit the service first.`, {
        cause: error,
      });
    });
    throw new DevError(
      `The repository of ${folder} has no revision "${revision}". Fetch it (git fetch origin ${revision}), or name another one with --against.`,
      { cause },
    );
  }
  try {
    return (await git(folder, 'merge-base', revision, 'HEAD')).trim();
  } catch (cause) {
    throw new DevError(
      `${folder}: "${revision}" and HEAD have no common ancestor. Fetch the full history (git fetch --unshallow).`,
      { cause },
    );
  }
}

/** Returns the paths below `folder`, relative to it, that differ from a commit or are untracked. */
export async function changedFiles(folder: string, commit: string): Promise<string[]> {
  const [changed, untracked] = await Promise.all([
    git(folder, 'diff', '--name-only', '--relative', '-z', commit, '--', '.'),
    git(folder, 'ls-files', '--others', '--exclude-standard', '-z', '--', '.'),
  ]);
  return `${changed}${untracked}`.split('\0').filter(Boolean).toSorted();
}
