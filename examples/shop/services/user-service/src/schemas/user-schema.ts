import joi from 'joi';
import {
  pageSchemaOf,
  querySchemaOf,
  textString,
  timestampString,
  uuidString,
  type FieldSchemas,
} from 'microservice-runtime';
import type { NewUser, User, UserChanges } from '../models/user.ts';

const fields = {
  email: textString(255),
  name: textString(255),
  age: joi.number().integer().min(-2_147_483_648).max(2_147_483_647).allow(null),
  active: joi.boolean(),
} satisfies FieldSchemas<NewUser>;

/** The body of a request that creates a user. */
export const newUserSchema = joi
  .object<NewUser>({
    email: fields.email.required(),
    name: fields.name.required(),
    age: fields.age,
    active: fields.active.required(),
  } satisfies FieldSchemas<NewUser>)
  .required()
  .label('NewUser');

/** The body of a request that changes a user: at least one field. */
export const userChangesSchema = joi.object<UserChanges>(fields).min(1).required().label('UserChanges');

/** The body of responses, and the data of events. The repository reads these columns. */
export const userSchema = joi
  .object<User>({
    id: uuidString().required(),
    email: fields.email.required(),
    name: fields.name.required(),
    age: fields.age.required(),
    active: fields.active.required(),
    createdAt: timestampString().required(),
    updatedAt: timestampString().required(),
  } satisfies FieldSchemas<User>)
  .label('User');

/** The query of a list. Each field is a filter and a sort key, so each needs an index on the field and the id. */
export const userQuerySchema = querySchemaOf(userSchema, ['email']);

export const userPageSchema = pageSchemaOf(userSchema).label('UserPage');

export const userIdSchema = joi.object<{ id: string }>({ id: uuidString().required() });
