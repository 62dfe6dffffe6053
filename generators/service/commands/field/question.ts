import type { Ask, GivenFlag } from '../../../questions/question.ts';
import { backfillFault } from '../../migrations/backfill.ts';
import type { Field, Resource } from '../../model/answers.ts';
import { fieldNameFault } from '../../model/name-rules.ts';

type AskedChange = (resource: Resource, ask: Ask) => Promise<GivenFlag[]>;

const add: AskedChange = async () => [];

const rename: AskedChange = async ({ fields }, ask) => {
  const { name } = await chooseField(ask, fields);
  const validate = (text: string) => fieldNameFault(text.trim()) ?? true;
  const to = await ask.text({ message: 'Its new name', validate });
  return [{ flag: 'rename', value: `${name}:${to.trim()}` }];
};

const remove: AskedChange = async ({ fields }, ask) => {
  const { name, optional, default: value } = await chooseField(ask, fields);
  const flag = { flag: 'remove', value: name };
  if (optional || value !== undefined) return [flag];
  const message = `"${name}" is required. Its value in the rows of the new release, for replicas of the earlier one`;
  return [flag, { flag: 'default', value: await ask.text({ message, validate: given }) }];
};

const require: AskedChange = async ({ fields }, ask) => {
  const { name } = await chooseField(
    ask,
    fields.filter(({ optional }) => optional),
  );
  const sql = await askBackfill(ask, 'The SQL of its value in the rows without one');
  return [
    { flag: 'require', value: name },
    { flag: 'backfill', value: sql },
  ];
};

/** Asks for the SQL expression of a value. */
export const askBackfill = (ask: Ask, message: string): Promise<string> =>
  ask.text({ message, validate: (sql) => backfillFault(sql) ?? true });

const given = (text: string) => (text.trim() === '' ? 'the value is empty' : true);

/** Asks for the change of the fields of a resource. Resolves to the flags that state it; none: new fields. */
export async function askChange(resource: Resource, ask: Ask): Promise<GivenFlag[]> {
  const { leaving = [], fields } = resource;
  const open = leaving.map(({ name, to }) => ({
    name: `drop the column of "${name}", which no running release uses`,
    value: async (): Promise<GivenFlag[]> => [
      to === undefined ? { flag: 'remove', value: name } : { flag: 'rename', value: `${name}:${to}` },
      { flag: 'finish', value: true },
    ],
  }));
  const choices: { name: string; value: AskedChange }[] = [
    { name: 'add fields', value: add },
    { name: 'rename a field', value: rename },
    ...(fields.length > 1 ? [{ name: 'remove a field', value: remove }] : []),
    ...(fields.some(({ optional }) => optional)
      ? [{ name: 'require an optional field', value: require }]
      : []),
    ...open,
  ];
  const change = await ask.choose({ message: `Change the fields of "${resource.name}" how?`, choices });
  return change(resource, ask);
}

const chooseField = (ask: Ask, fields: readonly Field[]): Promise<Field> =>
  ask.choose({
    message: 'Which field?',
    choices: fields.map((field) => ({ name: field.name, value: field })),
  });
