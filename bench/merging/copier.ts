import { spawnSync } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Texts } from '../../generators/merge/plan.ts';
import { readFirstVersion } from '../../test/generators/corpus/first-version.ts';
import { nextVersions, readNext } from '../../test/generators/corpus/versions.ts';
import type { Merge } from './merges.ts';

export const copierVersion = '9.19.1';

const baseTag = '1.0.0';
const tagOf = (version: Merge['version']) => `2.${nextVersions.indexOf(version)}.0`;

const identity = {
  GIT_AUTHOR_NAME: 'owner',
  GIT_COMMITTER_NAME: 'owner',
  GIT_AUTHOR_EMAIL: 'owner@example.com',
  GIT_COMMITTER_EMAIL: 'owner@example.com',
};

/**
 * Merges with `copier update`, which PyPI installs; resolves to the texts of the merges that `rounds` contain. The template repository has
 * the texts of version 0.2.0 as one tag, and those of each command as another.
 */
export async function updateWithCopier(
  home: string,
  merges: readonly Merge[],
  rounds: number,
): Promise<Map<Merge, string>> {
  const copier = install(home);
  const [template, project] = [path.join(home, 'template'), path.join(home, 'project')];
  await writeTemplate(template);
  run(copier, ['copy', '--defaults', '--vcs-ref', baseTag, template, project], home);
  run('git', ['init', '--quiet'], project);
  commit(project, 'generate');
  const texts = new Map<Merge, string>();
  for (const round of roundsOf(merges).slice(0, rounds)) {
    await writeFiles(project, new Map(round.map(({ file, disk }) => [file, disk])));
    commit(project, 'edit');
    for (const version of new Set(round.map((merge) => merge.version))) {
      run(copier, ['update', '--defaults', '--conflict', 'inline', '--vcs-ref', tagOf(version)], project);
      for (const merge of round.filter((each) => each.version === version))
        texts.set(merge, await readFile(path.join(project, merge.file), 'utf8'));
      reset(project, 'HEAD');
    }
    reset(project, 'HEAD~1');
  }
  return texts;
}

/** Returns the path of the program. */
function install(home: string): string {
  const folder = path.join(home, 'venv');
  run('python3', ['-m', 'venv', folder], home);
  run(path.join(folder, 'bin', 'pip'), ['install', '--quiet', `copier==${copierVersion}`], home);
  return path.join(folder, 'bin', 'copier');
}

async function writeTemplate(template: string): Promise<void> {
  const base = await readFirstVersion();
  await mkdir(template);
  run('git', ['init', '--quiet'], template);
  await writeVersion(template, baseTag, base);
  for (const version of nextVersions)
    await writeVersion(template, tagOf(version), await readNext(version, base));
}

async function writeVersion(template: string, tag: string, texts: Texts): Promise<void> {
  const folder = path.join(template, 'files');
  await rm(folder, { recursive: true, force: true });
  await writeFiles(folder, texts);
  const answers = path.join(folder, '{{ _copier_conf.answers_file }}.jinja');
  await writeFile(answers, '{{ _copier_answers|to_nice_yaml }}\n');
  await writeFile(path.join(template, 'copier.yml'), '_subdirectory: files\n');
  commit(template, tag);
  run('git', ['tag', tag], template);
}

/** Groups the merges: all merges of an edit are in one round, and no two edits of a round change the same file. */
function roundsOf(merges: readonly Merge[]): Merge[][] {
  const rounds: { files: Set<string>; merges: Merge[] }[] = [];
  for (const edit of new Set(merges.map((merge) => merge.edit))) {
    const own = merges.filter((merge) => merge.edit === edit);
    let round = rounds.find((each) => own.every(({ file }) => !each.files.has(file)));
    if (!round) rounds.push((round = { files: new Set(), merges: [] }));
    for (const { file } of own) round.files.add(file);
    round.merges.push(...own);
  }
  return rounds.map((round) => round.merges);
}

async function writeFiles(folder: string, texts: Texts): Promise<void> {
  for (const [file, text] of texts) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
  }
}

function commit(folder: string, message: string): void {
  run('git', ['add', '--all', '--force'], folder);
  run('git', ['commit', '--quiet', '--message', message], folder);
}

function reset(folder: string, revision: string): void {
  run('git', ['reset', '--quiet', '--hard', revision], folder);
  run('git', ['clean', '--quiet', '-dffx'], folder);
}

function run(program: string, args: string[], cwd: string): void {
  const env = { ...process.env, ...identity };
  const { status, stderr, error } = spawnSync(program, args, { cwd, env, encoding: 'utf8' });
  if (status === 0) return;
  throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${error?.message ?? stderr}`);
}
