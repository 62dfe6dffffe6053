import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * The folder of a generator's template files: `templates/<generator>` beside the bundle, or
 * `<generator>/templates` when the source runs.
 */
export function templatesRoot(generator: string): string {
  const bundled = fileURLToPath(new URL(`./templates/${generator}`, import.meta.url));
  if (existsSync(bundled)) return bundled;
  return fileURLToPath(new URL(`./${generator}/templates`, import.meta.url));
}
