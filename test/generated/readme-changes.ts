import assert from 'node:assert/strict';

/** A step of a README: a command, a file with its whole text, or changed lines of a file. */
export type ReadmeStep =
  | { kind: 'run'; command: string }
  | { kind: 'write'; text: string }
  | { kind: 'edit'; file: string; hunks: { before: string; after: string }[] };

const block = /^```(\w+)\n([^]*?)^```$/gm;

/** Returns the steps of a section, "Change it" of a generated README by default, in their order, from its fenced blocks alone. */
export function readmeSteps(readme: string, heading = 'Change it'): ReadmeStep[] {
  const [, section = ''] = new RegExp(`^## ${heading}\n([^]*?)^## `, 'm').exec(readme) ?? [];
  return [...section.matchAll(block)].flatMap((found): ReadmeStep[] => {
    const [, language = '', text = ''] = found;
    if (language === 'sh')
      return text
        .trim()
        .split('\n')
        .map((command) => ({ kind: 'run', command }));
    if (language === 'ts') return [{ kind: 'write', text }];
    assert.equal(language, 'diff');
    const prose = section.slice(0, found.index).split('```').at(-1) ?? '';
    const [, file = ''] = /^In `([\w./-]+)`/m.exec(prose) ?? [];
    return [{ kind: 'edit', file, hunks: text.split(/^@@\n/m).map(hunkOf) }];
  });
}

/**
 * Makes the changes of a page, the README by default, to the files of a service. `migration` is the path of the migration that
 * its command has written. Returns the changed files: path to text.
 */
export function changedFiles(
  files: ReadonlyMap<string, string>,
  migration: string,
  steps: readonly ReadmeStep[] = readmeSteps(files.get('README.md') ?? ''),
): Map<string, string> {
  const changed = new Map<string, string>();
  for (const step of steps) {
    if (step.kind === 'write') changed.set(migration, step.text);
    if (step.kind !== 'edit') continue;
    changed.set(step.file, edited(changed.get(step.file) ?? files.get(step.file) ?? '', step));
  }
  return changed;
}

function hunkOf(text: string): { before: string; after: string } {
  const lines = text.replace(/\n$/, '').split('\n');
  const without = (sign: string) =>
    lines.flatMap((line) => (line.startsWith(sign) ? [] : [`${line.slice(1)}\n`])).join('');
  return { before: without('+'), after: without('-') };
}

/** Returns the text with the lines of every hunk changed. The lines before the change must occur exactly once. */
function edited(text: string, { file, hunks }: Extract<ReadmeStep, { kind: 'edit' }>): string {
  return hunks.reduce((current, { before, after }) => {
    const parts = `\n${current}`.split(`\n${before}`);
    assert.equal(parts.length, 2, `${file} has ${parts.length - 1} times:\n${before}`);
    return parts.join(`\n${after}`).slice(1);
  }, text);
}
