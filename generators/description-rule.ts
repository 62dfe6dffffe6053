const longest = 200;

/** Why this cannot be a description: it stands on one line of package.json, README and OpenAPI. */
export function descriptionFault(text: string): string | undefined {
  if (text === '') return 'the description is empty';
  if (/[\p{Cc}\u2028\u2029]/u.test(text))
    return 'the description is more than one line, or holds control characters';
  if (text.length > longest) return `the description has ${text.length} characters; ${longest} is the most`;
  return undefined;
}
