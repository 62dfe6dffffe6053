import joi from 'joi';
import {
  pageSchemaOf,
  querySchemaOf,
  textString,
  timestampString,
  uuidString,
  type FieldSchemas,
} from 'microservice-runtime';
import type { NewItem, Item, ItemChanges } from '../models/item.ts';

const fields = {
  name: textString(255),
  quantity: joi.number().integer().min(-2_147_483_648).max(2_147_483_647),
} satisfies FieldSchemas<NewItem>;

/** The body of a request that creates an item. */
export const newItemSchema = joi
  .object<NewItem>({
    name: fields.name.required(),
    quantity: fields.quantity.required(),
  } satisfies FieldSchemas<NewItem>)
  .required()
  .label('NewItem');

/** The body of a request that changes an item: at least one field. */
export const itemChangesSchema = joi.object<ItemChanges>(fields).min(1).required().label('ItemChanges');

/** The body of responses, and the data of events. The repository reads these columns. */
export const itemSchema = joi
  .object<Item>({
    id: uuidString().required(),
    name: fields.name.required(),
    quantity: fields.quantity.required(),
    createdAt: timestampString().required(),
    updatedAt: timestampString().required(),
  } satisfies FieldSchemas<Item>)
  .label('Item');

/** The query of a list. Each field is a filter and a sort key, so each needs an index on the field and the id. */
export const itemQuerySchema = querySchemaOf(itemSchema, ['name']);

export const itemPageSchema = pageSchemaOf(itemSchema).label('ItemPage');

export const itemIdSchema = joi.object<{ id: string }>({ id: uuidString().required() });
