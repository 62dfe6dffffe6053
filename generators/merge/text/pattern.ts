/** Reports whether a path has the form of `pattern`, in which `*` stands for any part of a name. A final `/` means a whole folder. */
export function matchesPattern(path: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('[^/]*')}${pattern.endsWith('/') ? '' : '$'}`).test(path);
}
