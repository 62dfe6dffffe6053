import joi from 'joi';
import { readEnvironment } from 'microservice-runtime';

/** What a process of the campaign reads from its environment: a service's variables, and ORDERS_TOPIC. */
export function processConfig() {
  const config = readEnvironment(process.env, { ORDERS_TOPIC: joi.string().required() });
  return { config, topic: config.ordersTopic };
}

/** Ends this process when the one that started it is gone, whatever way it went: its end of our stdin closes then. */
export function endWithParent(): void {
  process.stdin.on('end', () => process.exit(1)).resume();
  process.stdin.unref?.();
}
