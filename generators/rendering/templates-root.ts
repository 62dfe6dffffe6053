import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Returns the folder of a generator's template files: `templates/<generator>` in the bundle, `<generator>/templates` in the source. */
export function templatesRoot(generator: string): string {
  const bundled = fileURLToPath(new URL(`./templates/${generator}`, import.meta.url));
  if (existsSync(bundled)) return bundled;
  return fileURLToPath(new URL(`../${generator}/templates`, import.meta.url));
}
