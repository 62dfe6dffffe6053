import type { CommandCall } from './service-in-memory.ts';

/** A text in a file that shows that a part is registered; `before` is a text that must follow it. */
export interface Registration {
  file: string;
  text: string;
  before?: string;
}

export interface Call extends CommandCall {
  registers?: readonly Registration[];
}

const app = 'src/app.ts';
const contracts = 'src/events/contracts.ts';

/** Each command on the service of version 0.2.0, and the registrations of the part that it adds. */
export const calls: Readonly<Record<string, Call>> = {
  resource: {
    command: 'resource',
    words: ['invoice'],
    given: { fields: 'number:string:unique amount:decimal dueOn:date:optional' },
    registers: [
      { file: app, text: '.push(createInvoiceRouter(', before: 'createHttpApp({' },
      { file: contracts, text: '...invoiceEvents' },
    ],
  },
  field: {
    command: 'field',
    words: ['order'],
    given: { fields: 'giftNote:text:optional priority:integer:optional' },
    registers: [
      { file: 'src/models/order.ts', text: 'giftNote?:' },
      { file: 'src/schemas/order-schema.ts', text: 'giftNote: fields.giftNote,' },
      { file: 'src/schemas/order-schema.ts', text: 'giftNote: fields.giftNote.required()' },
    ],
  },
  event: {
    command: 'event',
    words: ['order.cancelled'],
    given: { fields: 'reason:text' },
    registers: [
      { file: 'src/events/order-events.ts', text: 'export const orderCancelled' },
      { file: 'src/events/order-publisher.ts', text: 'cancelled:' },
    ],
  },
  handler: {
    command: 'consumer',
    words: ['payment.refunded'],
    given: { handler: true },
    registers: [
      { file: 'src/events/payment-events.ts', text: 'export const paymentRefunded' },
      { file: 'src/events/payment-consumers.ts', text: 'bus.on(paymentRefunded,' },
    ],
  },
  'handler-new': {
    command: 'consumer',
    words: ['shipment.delivered'],
    given: { handler: true },
    registers: [
      { file: app, text: 'registerShipmentConsumers(bus, logger)' },
      { file: contracts, text: '...shipmentEvents' },
    ],
  },
  copy: {
    command: 'consumer',
    words: ['product.deleted'],
    given: { copy: true },
    registers: [
      { file: 'src/events/product-copy-events.ts', text: 'export const productDeleted' },
      { file: 'src/events/product-copy-consumers.ts', text: 'bus.on(productDeleted,' },
    ],
  },
  'copy-new': {
    command: 'consumer',
    words: ['shipment.created', 'shipment.updated', 'shipment.deleted'],
    given: { copy: true },
    registers: [
      { file: app, text: '.push(createShipmentCopyRouter(', before: 'createHttpApp({' },
      { file: app, text: 'registerShipmentCopyConsumers(bus, shipmentCopies)' },
      { file: contracts, text: '...shipmentCopyEvents' },
    ],
  },
  remove: { command: 'remove', words: ['resource', 'customer'] },
  'remove-event': { command: 'remove', words: ['event', 'order.shipped'] },
  'remove-consumer': { command: 'remove', words: ['consumer', 'payment.processed'] },
  update: { command: 'update' },
};
