import joi from 'joi';
import {
  decimalString,
  pageSchemaOf,
  querySchemaOf,
  timestampString,
  uuidString,
  type FieldSchemas,
} from 'microservice-runtime';
import type { NewPayment, Payment, PaymentChanges } from '../models/payment.ts';

const fields = {
  orderId: uuidString(),
  amount: decimalString(),
  status: joi.string().valid('PROCESSED', 'REFUNDED'),
} satisfies FieldSchemas<NewPayment>;

/** The body of a request that creates a payment. */
export const newPaymentSchema = joi
  .object<NewPayment>({
    orderId: fields.orderId.required(),
    amount: fields.amount.required(),
    status: fields.status.default('PROCESSED'),
  } satisfies FieldSchemas<NewPayment>)
  .required()
  .label('NewPayment');

/** The body of a request that changes a payment: at least one field. */
export const paymentChangesSchema = joi
  .object<PaymentChanges>(fields)
  .min(1)
  .required()
  .label('PaymentChanges');

/** The body of responses, and the data of events. The repository reads these columns. */
export const paymentSchema = joi
  .object<Payment>({
    id: uuidString().required(),
    orderId: fields.orderId.required(),
    amount: fields.amount.required(),
    status: fields.status.required(),
    createdAt: timestampString().required(),
    updatedAt: timestampString().required(),
  } satisfies FieldSchemas<Payment>)
  .label('Payment');

/** The query of a list. Each field is a filter and a sort key, so each needs an index on the field and the id. */
export const paymentQuerySchema = querySchemaOf(paymentSchema, ['orderId']);

export const paymentPageSchema = pageSchemaOf(paymentSchema).label('PaymentPage');

export const paymentIdSchema = joi.object<{ id: string }>({ id: uuidString().required() });
