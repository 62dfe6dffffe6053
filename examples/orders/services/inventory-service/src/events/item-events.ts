import joi from 'joi';
import { defineEvent, uuidString } from 'microservice-runtime';
import { itemSchema } from '../schemas/item-schema.ts';

const stream = { topic: 'item.events', aggregate: 'item' };

// Other services consume these events. You can add an optional field; any other change needs a new version.
export const itemCreated = defineEvent({ ...stream, type: 'item.created', version: 1, schema: itemSchema });
export const itemUpdated = defineEvent({ ...stream, type: 'item.updated', version: 1, schema: itemSchema });
export const itemDeleted = defineEvent({
  ...stream,
  type: 'item.deleted',
  version: 1,
  schema: joi.object<{ id: string }>({ id: uuidString().required() }).label('ItemDeleted'),
});
