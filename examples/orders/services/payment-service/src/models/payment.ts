import type { QueryOf } from 'microservice-runtime';

export interface NewPayment {
  orderId: string;
  amount: string;
  status?: 'PROCESSED' | 'REFUNDED';
}

export type PaymentChanges = Partial<NewPayment>;

export interface Payment extends Required<NewPayment> {
  id: string;
  createdAt: string;
  updatedAt: string;
}

export type PaymentQuery = QueryOf<Payment, 'orderId'>;
