import type { GroupHandlers } from '../handling/handlers.ts';
import { recordFirstStart, type FirstStartOptions } from './first-start.ts';
import type { SubscriptionPlan } from './subscription.ts';
import { createTakeover, type Takeover } from './takeover.ts';

/** Where the subscriptions of a service begin. */
export interface Starts {
  /** Throws where the subscription and others take over from each other in a circle. */
  add(plan: SubscriptionPlan): void;
  /** Undefined for a group that takes over from no other one. */
  takeoverOf(groupId: string): Takeover | undefined;
  /**
   * Resolves when the group may be joined: it has its first place, and so has each group that takes over from it, since in this
   * release it may pass over what they handle. Safe to call again, also after a failure.
   */
  begin(groupId: string): Promise<void>;
}

export interface StartsOptions extends Pick<FirstStartOptions, 'database' | 'driver' | 'logger'> {
  /** The handlers of every group, complete when the first group begins. */
  handlers: ReadonlyMap<string, GroupHandlers>;
}

export function createStarts({ handlers, ...options }: StartsOptions): Starts {
  const plans = new Map<string, SubscriptionPlan>();
  const takeovers = new Map<string, Takeover>();
  const placed = new Map<string, Promise<void>>();

  const sourceOf = (groupId: string): string | undefined => {
    const from = plans.get(groupId)?.from;
    return typeof from === 'object' ? from.group : undefined;
  };

  function add(plan: SubscriptionPlan): void {
    plans.set(plan.groupId, plan);
    for (let group = sourceOf(plan.groupId); group !== undefined; group = sourceOf(group)) {
      if (group !== plan.groupId) continue;
      plans.delete(plan.groupId);
      throw new Error(
        `subscription ${plan.name} takes over from a group that takes over from ${plan.groupId}; let one of them begin elsewhere`,
      );
    }
  }

  function takeoverOf(groupId: string): Takeover | undefined {
    const source = sourceOf(groupId);
    if (source === undefined) return undefined;
    const events = plans.get(groupId)?.handlers.map(([definition]) => definition) ?? [];
    const takeover = takeovers.get(groupId) ?? createTakeover(source, events, handlers.get(source));
    takeovers.set(groupId, takeover);
    return takeover;
  }

  /** The place of a group that it takes over from comes first. */
  async function place(groupId: string): Promise<void> {
    const takeover = takeoverOf(groupId);
    if (takeover) await placeOnce(takeover.group);
    const from = plans.get(groupId)?.from === 'latest' ? 'latest' : takeover;
    if (!from) return;
    const topics = handlers.get(groupId)?.topics() ?? [];
    await recordFirstStart({ ...options, groupId, topics, from });
  }

  function placeOnce(groupId: string): Promise<void> {
    const placing =
      placed.get(groupId) ??
      place(groupId).catch((error: unknown) => {
        placed.delete(groupId);
        throw error;
      });
    placed.set(groupId, placing);
    return placing;
  }

  return {
    add,
    takeoverOf,
    async begin(groupId) {
      const heirs = [...plans.keys()].filter((heir) => sourceOf(heir) === groupId);
      await Promise.all([groupId, ...heirs].map(placeOnce));
    },
  };
}
