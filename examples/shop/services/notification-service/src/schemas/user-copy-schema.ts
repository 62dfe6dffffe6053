import joi from 'joi';
import { pageSchemaOf, timestampString, type FieldSchemas } from 'microservice-runtime';
import type { UserCopy } from '../models/user-copy.ts';

/** The body of responses. The repository reads these columns. */
export const userCopySchema = joi
  .object<UserCopy>({
    id: joi.string().required(),
    email: joi.string().allow('', null).required(),
    name: joi.string().allow('', null).required(),
    age: joi.number().integer().allow(null).required(),
    active: joi.boolean().allow(null).required(),
    copiedAt: timestampString().required(),
  } satisfies FieldSchemas<UserCopy>)
  .label('UserCopy');

export const userCopyPageSchema = pageSchemaOf(userCopySchema).label('UserCopyPage');

export const userCopyIdSchema = joi.object<{ id: string }>({ id: joi.string().required() });
