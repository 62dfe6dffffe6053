const longest = 200;

/**
 * Returns the reason why a text cannot be a description, which is one line of package.json, README and OpenAPI; undefined if
 * it can.
 */
export function descriptionFault(text: string): string | undefined {
  if (text.trim() === '') return 'the description is empty';
  if (/[\p{Cc}\u2028\u2029]/u.test(text))
    return 'the description has more than one line, or contains control characters';
  // An editor would show a different text.
  if (/[\u202A-\u202E\u2066-\u2069\p{Cs}]/u.test(text))
    return 'the description contains direction controls or a lone surrogate';
  if (text.length > longest)
    return `the description has ${text.length} characters; the maximum is ${longest}`;
  return undefined;
}
