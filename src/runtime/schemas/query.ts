import joi from 'joi';
import { pageQuerySchema } from './page.ts';
import { parsePosition, type SortedPosition } from './position.ts';

/** The query of a list that can be filtered and sorted by `Key`, and sorted by `createdAt`. */
export type QueryOf<Item, Key extends keyof Item & string> = {
  limit: number;
  /** `-` sorts in descending order. Without it, the oldest item comes first. */
  sort?: Sort<Key | 'createdAt'>;
  after?: SortedPosition;
} & { [Field in Key]?: NonNullable<Item[Field]> };

type Sort<Key extends string> = Key | `-${Key}`;

/**
 * Returns the schema of such a query: `limit`, `sort`, `after`, and a filter for each of `keys`, which are fields of `item`. `after`
 * is refused with another `sort` than that of its page.
 */
export function querySchemaOf<Item, const Key extends keyof Item & string>(
  item: joi.ObjectSchema<Item>,
  keys: readonly Key[],
): joi.ObjectSchema<QueryOf<Item, Key>> {
  const sorts = [...keys, 'createdAt'].flatMap((key) => [key, `-${key}`]);
  const filters = keys.map((key) => [key, filterOf(item.extract(key))] as const);
  return joi.object({
    ...Object.fromEntries(filters),
    limit: pageQuerySchema.extract('limit'),
    sort: joi
      .string()
      .valid(...sorts)
      .description('The field by which the items are sorted; "-" sorts in descending order'),
    after: joi
      .string()
      .custom(sortedPosition)
      .messages({
        'any.invalid': '{{#label}} must be the "next" value of an earlier page with the same "sort"',
      })
      .description('The "next" value of the previous page, with the same "sort"'),
  }) as joi.ObjectSchema<QueryOf<Item, Key>>;
}

const filterOf = (field: joi.Schema): joi.Schema =>
  field.optional().invalid(null).description('Only items with this value');

const sortedPosition: joi.CustomValidator = (text: string, helpers) => {
  const [query] = helpers.state.ancestors as [{ sort?: unknown }];
  const position = parsePosition(text);
  return position && position[2] === query.sort ? position : helpers.error('any.invalid');
};
