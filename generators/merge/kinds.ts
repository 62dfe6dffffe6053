import { matchesPattern } from './text/pattern.ts';

/**
 * The kinds of files that are never merged. `born`: written once, then the owner's (migrations, seeds). `lock`: only a package
 * manager writes it. `derived`: a command of the service writes it from the code. `placeholder`: keeps the empty folder of a new
 * service in git.
 */
export type FileKind = 'merged' | 'born' | 'lock' | 'derived' | 'placeholder';

const kinds: [kind: FileKind, path: RegExp][] = [
  ['placeholder', /(?:^|\/)\.gitkeep$/],
  ['born', /(?:^|\/)(?:migrations|seeds)\//],
  ['lock', /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?)$/],
  ['derived', /(?:^|\/)(?:asyncapi|openapi)\.json$/],
];

export const kindOfFile = (file: string): FileKind =>
  kinds.find(([, path]) => path.test(file))?.[0] ?? 'merged';

/** Reports whether a pattern of `.yo-keep` matches a path. Empty lines and comments (`#`) match nothing. */
export const isKept = (file: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => {
    const wanted = pattern.trim().replace(/^\.?\//, '');
    if (wanted === '' || wanted.startsWith('#')) return false;
    return matchesPattern(file, wanted);
  });
