import { compareContracts } from './compare-contracts.ts';
import { eventName, type ServiceContract } from './event-contract.ts';
import { type ContractFinding, findingKey } from './finding.ts';

/** A state of a contract in the history of a service. */
export interface ReleasedContract {
  contract: ServiceContract;
  /** For the message of a finding: a short commit id and its date. */
  label: string;
}

/**
 * Compares a contract with every state that was released, newest first, because events of all of them can still be in Kafka. A
 * finding that an older state alone causes names that state. States before a break that was released itself do not count: their
 * events were given up with it.
 */
export function compareWithHistory(
  states: readonly ReleasedContract[],
  head: ServiceContract,
): ContractFinding[] {
  const [newest, ...older] = states;
  if (!newest) return [];
  const found = new Map(compareContracts(newest.contract, head).map((each) => [findingKey(each), each]));
  let later = newest.contract;
  const closed = new Set<string>();
  for (const { contract, label } of older) {
    for (const { subject, severity } of compareContracts(contract, later))
      if (severity === 'error') closed.add(subject);
    const open = withEvents(contract, (name) => !closed.has(name) && isPublished(head, name));
    for (const each of compareContracts(open, head)) {
      const key = findingKey(each);
      if (!found.has(key)) found.set(key, { ...each, message: `${each.message} (released in ${label})` });
    }
    later = { ...contract, published: [...contract.published, ...missingFrom(contract, later)] };
  }
  return [...found.values()];
}

const withEvents = (contract: ServiceContract, isWanted: (name: string) => boolean): ServiceContract => ({
  ...contract,
  published: contract.published.filter((event) => isWanted(eventName(event))),
});

const isPublished = ({ published }: ServiceContract, name: string): boolean =>
  published.some((event) => eventName(event) === name);

/** The events of a later state that did not exist yet; they are not compared again. */
const missingFrom = (contract: ServiceContract, later: ServiceContract) =>
  later.published.filter((event) => !isPublished(contract, eventName(event)));
