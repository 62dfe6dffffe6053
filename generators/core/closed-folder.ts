import { lstat, readlink, realpath } from 'node:fs/promises';
import path from 'node:path';
import { shownPath } from './shown-path.ts';
import { UsageError } from './usage-error.ts';

/**
 * Throws a UsageError unless each of `files`, paths relative to `folder`, is really inside it, and `folder` inside its
 * parent: a symbolic link that leads outside would make us write elsewhere. The files need not exist.
 */
export async function assertClosed(folder: string, files: Iterable<string>): Promise<void> {
  if (await isLink(folder)) throw leaving(folder, folder, await realOf(folder));
  const home = await realOf(folder);
  for (const file of files) {
    if (!isRelative(file))
      throw new UsageError(`cannot write ${JSON.stringify(file)}: its name leads outside of the folder`);
    const real = await realOf(path.join(folder, file));
    if (!isWithin(home, real)) throw leaving(folder, await linkOf(folder, file), real);
  }
}

/** Reports whether a path with `/` stays in the folder to which it is relative, judged by its text. */
export function isRelative(file: string): boolean {
  const parts = file.split(/[/\\]/);
  return !path.isAbsolute(file) && parts.every((part) => part !== '' && part !== '.' && part !== '..');
}

function leaving(folder: string, link: string, target: string): UsageError {
  const remedy =
    link === folder ? 'run the command in the target folder' : 'replace the link with its target';
  return new UsageError(
    `cannot write ${shownPath(folder)}: ${shownPath(link)} is a symbolic link that leads outside of it, to ${target}; ${remedy}`,
  );
}

function isWithin(folder: string, file: string): boolean {
  const way = path.relative(folder, file);
  return !path.isAbsolute(way) && way.split(path.sep)[0] !== '..';
}

/** Returns the real target of a write to `file`: links are followed, also to a target that does not exist yet. */
async function realOf(file: string, links = 0): Promise<string> {
  const real = await realpath(file).catch(ifAbsent);
  if (real !== undefined || path.dirname(file) === file) return real ?? file;
  const parent = await realOf(path.dirname(file), links);
  if (!(await isLink(file))) return path.join(parent, path.basename(file));
  if (links > 40) throw new UsageError(`cannot write ${file}: too many symbolic links`); // the limit of Linux
  return realOf(path.resolve(parent, await readlink(file)), links + 1);
}

const isLink = async (file: string): Promise<boolean> =>
  (await lstat(file).catch(ifAbsent))?.isSymbolicLink() ?? false;

/** A file in the place of a folder is reported by the write. */
function ifAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw new UsageError(`cannot write ${error.path}: ${error.message}`, { cause: error });
}

/** Returns the first part of the path to `file` that is a link. */
async function linkOf(folder: string, file: string): Promise<string> {
  let at = folder;
  for (const part of file.split('/')) {
    at = path.join(at, part);
    if (await isLink(at)) return at;
  }
  return at;
}
