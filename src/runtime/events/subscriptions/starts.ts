import type { Knex } from 'knex';
import type { GroupHandlers } from '../handling/handlers.ts';
import { readGroupNames } from '../inbox/positions.ts';
import { recordFirstStart, type FirstStartOptions } from './first-start.ts';
import type { SubscriptionPlan } from './subscription.ts';
import { checkMoved, checkSource } from './takeover-rules.ts';
import { createTakeover, type Takeover } from './takeover.ts';

/** The first starts of the subscriptions of a service. */
export interface Starts {
  /** Throws if the takeover contradicts the one of another subscription; see `checkSource`. */
  add(plan: SubscriptionPlan): void;
  /** Throws if a group still handles an event whose handler moves. Call it after all handlers are registered. */
  check(): void;
  /** Undefined for a group that takes over from no other group. */
  takeoverOf(groupId: string): Takeover | undefined;
  /**
   * Resolves when the group may join Kafka: its start positions are recorded, and those of every subscription that takes over
   * from a group. A group that joined earlier would skip the events that a subscription has yet to take over. Safe to call again,
   * also after a failure.
   */
  begin(groupId: string): Promise<void>;
}

export interface StartsOptions extends Pick<FirstStartOptions, 'database' | 'driver' | 'logger'> {
  /** The group of the default subscription. */
  ownGroup: string;
  /** The handlers of every group, complete when the first group begins. */
  handlers: ReadonlyMap<string, GroupHandlers>;
}

export function createStarts({ handlers, ownGroup, ...options }: StartsOptions): Starts {
  const plans = new Map<string, SubscriptionPlan>();
  const takeovers = new Map<string, Takeover>();
  const placed = new Map<string, Promise<void>>();
  const noGroupYet = askOnce(() => isNew(options.database));

  function takeoverOf(groupId: string): Takeover | undefined {
    const plan = plans.get(groupId);
    if (typeof plan?.from !== 'object') return undefined;
    const events = plan.handlers.map(([definition]) => definition);
    const takeover = takeovers.get(groupId) ?? createTakeover(plan.from, events);
    takeovers.set(groupId, takeover);
    return takeover;
  }

  /** The group that it takes over from comes first. */
  async function place(groupId: string): Promise<void> {
    const takeover = takeoverOf(groupId);
    if (takeover) await placeOnce(takeover.group);
    const from = plans.get(groupId)?.from === 'latest' ? 'latest' : takeover;
    if (!from) return;
    const topics = handlers.get(groupId)?.topics() ?? [];
    const isDatabaseNew = await noGroupYet();
    const mayBeUnknown = (group: string): boolean =>
      isDatabaseNew || group === ownGroup || handlers.has(group);
    await recordFirstStart({ ...options, groupId, topics, from, mayBeUnknown });
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
    add(plan) {
      checkSource(plan, plans);
      plans.set(plan.groupId, plan);
    },
    check: () => checkMoved(plans.values(), handlers),
    takeoverOf,
    async begin(groupId) {
      const heirs = [...plans.keys()].filter((heir) => takeoverOf(heir));
      // checked before any group of this process has a position
      if (heirs.length > 0) await noGroupYet();
      await Promise.all([groupId, ...heirs].map(placeOnce));
    },
  };
}

/** Whether no group has ever had a position. */
async function isNew(database: Knex): Promise<boolean> {
  return (await readGroupNames(database)).length === 0;
}

/** Caches the first result; a failure is not cached. */
function askOnce<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () =>
    (asked ??= ask().catch((error: unknown) => {
      asked = undefined;
      throw error;
    }));
}
