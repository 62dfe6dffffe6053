import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseFields } from '../../generators/service/fields/grammar.ts';
import { everyModifier, everyType } from '../support/every-type.ts';
import { writeContractFile } from '../support/service-answers.ts';
import type { Combination } from './pairwise.ts';

export const choices = {
  resources: ['none', 'one', 'two with every type'],
  consumes: ['none', 'a sibling', 'a contract file'],
  packageManager: ['npm', 'pnpm', 'yarn'],
  ci: ['github', 'none'],
  auth: ['none', 'jwt'],
  kubernetes: ['yes', 'no'],
  git: ['yes', 'no'],
  place: ['workspace', 'alone'],
  description: ['default', 'with every "quote", `tick`, ${brace} and ümlaut'],
} as const;

export type Answers = Combination<typeof choices>;

const fieldsOfEveryType = everyType.flatMap(([word, type]) => [
  `my${word}:${type}`,
  `maybe${word}:${type}:optional`,
  `hidden${word}:${type}:secret`,
]);
/** `n` keeps the names apart: in a workspace a resource, and its topic, belong to one service. */
const resourceFlags = (n: number) => ({
  none: ['--no-resources'],
  one: ['--resource', `order${n}`, '--fields', 'code:string:unique placedAt:timestamp:index total:decimal'],
  'two with every type': [
    ...['--resource', `order${n}-item`, '--fields', fieldsOfEveryType.join(' ')],
    ...['--fields', `category:reference(category${n}) origin:reference(order${n}-item):optional`],
    ...['--resource', `category${n}`, '--fields', everyModifier.join(' ')],
  ],
});

/** The flags of one combination. `contract` is a file that promises the events of `account` and `user`. */
export function flagsOf(answers: Answers, n: number, contract: string): string[] {
  const consumes = {
    none: ['--no-consumes'],
    'a sibling': ['--consumes', 'user.created', '--consumes', 'user.deleted'],
    'a contract file': ['--contract', contract, '--consumes', 'account.created'],
  };
  return [
    ...resourceFlags(n)[answers.resources],
    ...consumes[answers.consumes],
    ...(answers.consumes === 'a sibling' && answers.place === 'alone' ? ['--contract', contract] : []),
    ...['--package-manager', answers.packageManager, '--ci', answers.ci, '--auth', answers.auth],
    ...(answers.ci === 'github' ? ['--update-workflow'] : []),
    answers.kubernetes === 'yes' ? '--kubernetes' : '--no-kubernetes',
    answers.git === 'yes' ? '--git' : '--no-git',
    ...(answers.description === 'default' ? [] : ['--description', answers.description]),
  ];
}

/** Writes the contract of a service that owns accounts and users, with fields of every type. */
export async function writeContract(folder: string): Promise<string> {
  const fields = parseFields(
    everyType.map(([word, type]) => `my${word}:${type} maybe${word}:${type}:optional`).join(' '),
  );
  const file = path.join(folder, 'asyncapi.json');
  await writeContractFile(file, [
    { name: 'account', fields },
    { name: 'user', fields: fields.slice(0, 2) },
  ]);
  return file;
}

/** Writes the contract of a service with one resource and these fields, in the form of `--fields`. */
export const writeContractOf = (name: string, fields: string, file: string): Promise<void> =>
  writeContractFile(file, [{ name, fields: parseFields(fields) }]);

/** Every file of a folder that git does not ignore, with its text. */
export async function textOf(folder: string, files: string[]): Promise<Map<string, string>> {
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')));
  return new Map(files.map((file, index) => [file, texts[index] ?? '']));
}
