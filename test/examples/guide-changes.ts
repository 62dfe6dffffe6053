import assert from 'node:assert/strict';

/** Returns the changes of a page in `docs/`, each with its file, which the text before it names: "In `src/app.ts`". */
export function diffsOf(page: string): [file: string, diff: string][] {
  const sections = page.split(/^In `/m).slice(1);
  return sections.flatMap((section): [string, string][] => {
    const [file = ''] = section.split('`');
    return [...section.matchAll(/^```diff\n([^]*?)^```$/gm)].map(([, diff = '']) => [file, diff]);
  });
}

/** Applies a change whose old lines occur once in the text. */
export function applied(text: string, diff: string): string {
  const lines = diff.split('\n').filter((line) => line !== '');
  const without = (mark: string) =>
    lines.flatMap((line) => (line.startsWith(mark) ? [] : `${line.slice(1)}\n`)).join('');
  const parts = text.split(without('+'));
  assert.equal(parts.length, 2, without('+'));
  return parts.join(without('-'));
}
