import type { GroupHandlers } from '../handling/handlers.ts';
import type { SubscriptionPlan } from './subscription.ts';
import type { GroupStart } from './takeover.ts';

type Plans = ReadonlyMap<string, SubscriptionPlan>;

const startOf = ({ from }: SubscriptionPlan): GroupStart | undefined =>
  typeof from === 'object' ? from : undefined;

/**
 * Throws if the subscription takes over from itself through others, or if it and one of `others` both take over an event from
 * one group: in that group's inbox only one of them could claim the event, so that each would miss events.
 */
export function checkSource(plan: SubscriptionPlan, others: Plans): void {
  const { name, groupId } = plan;
  for (let at: SubscriptionPlan | undefined = plan; at; at = others.get(startOf(at)?.group ?? '')) {
    if (startOf(at)?.group === groupId)
      throw new Error(
        `subscription ${name} takes over from a group that takes over from ${groupId}; change from in one of the subscriptions`,
      );
  }
  for (const other of others.values()) {
    const [definition] = bothMoved(plan, other);
    if (!definition) continue;
    throw new Error(
      `subscriptions ${other.name} and ${name} both take over ${definition.type} from group ${startOf(plan)?.group}, and only one of them would receive each event; let ${name} start from { group: '${other.groupId}', shared: true }`,
    );
  }
}

/** The events whose handlers move from one group to both subscriptions. */
function bothMoved(one: SubscriptionPlan, other: SubscriptionPlan) {
  const [source, otherSource] = [startOf(one), startOf(other)];
  if (!source || source.group !== otherSource?.group || source.shared || otherSource.shared) return [];
  const events = one.handlers.map(([definition]) => definition);
  return events.filter(({ topic, type }) =>
    other.handlers.some(([definition]) => definition.topic === topic && definition.type === type),
  );
}

/** Throws if a group still handles an event whose handler moves to a subscription: the two would share the claims on the event. */
export function checkMoved(
  plans: Iterable<SubscriptionPlan>,
  handlers: ReadonlyMap<string, GroupHandlers>,
): void {
  for (const plan of plans) {
    const source = startOf(plan);
    if (!source || source.shared) continue;
    const left = plan.handlers.find(([definition]) => handlers.get(source.group)?.handles(definition));
    if (!left) continue;
    throw new Error(
      `subscription ${plan.name} takes over ${left[0].type} from group ${source.group}, which still has a handler for it; remove that handler, or add shared: true to from if both handle the event`,
    );
  }
}
