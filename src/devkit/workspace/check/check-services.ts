import { checkConsumer, consumersOf, type NamedContract } from '../../contracts/consumers.ts';
import type { ContractFinding } from '../../contracts/finding.ts';
import { compareWithHistory } from '../../contracts/history.ts';
import { compareHttpContracts } from '../../contracts/http/compare-http.ts';
import type { Service } from '../../dev/services/services.ts';
import { errorMessage } from '../../errors.ts';
import { readContractOf, readHttpContractOf } from '../facts/contract-file.ts';
import { acceptanceOf, type AcceptedChange, acceptedChanges, isExpired } from './accepted-changes.ts';
import { releasedContracts, releasedHttpContract } from './released-contracts.ts';

export interface CheckOptions {
  /** The services to check. */
  services: readonly Service[];
  /** All services whose contracts are known, also those to check. */
  siblings: readonly Service[];
  /** The git revision of the released contracts; undefined to compare siblings only. */
  against: string | undefined;
  /** The date in UTC: `2026-11-30`. */
  today: string;
}

export interface CheckedFinding extends ContractFinding {
  /** The acceptance that applies. */
  accepted?: AcceptedChange;
}

export interface CheckedService {
  service: string;
  root: string;
  findings: CheckedFinding[];
  /** Why the check is incomplete. */
  faults: string[];
}

/** Checks the contract of each service against its released states, and against the contracts of its siblings. */
export async function checkServices(options: CheckOptions): Promise<CheckedService[]> {
  const { services, siblings } = options;
  const contracts = await Promise.all(siblings.map(namedContract));
  const readable = contracts.flatMap(({ named }) => (named ? [named] : []));
  const isChecked = (root: string): boolean => services.some((service) => service.root === root);
  const unread = contracts.flatMap(({ root, fault }) =>
    fault === undefined || isChecked(root) ? [] : [`its consumers are not all known. ${fault}`],
  );
  return Promise.all(
    services.map(async (service): Promise<CheckedService> => {
      const own = contracts.find(({ root }) => root === service.root);
      const result: CheckedService = { service: service.name, root: service.root, findings: [], faults: [] };
      if (!own?.named) return { ...result, faults: [own?.fault ?? 'its contract was not read'] };
      return check(result, own.named, { ...options, readable, unread });
    }),
  );
}

async function namedContract({
  name,
  root,
}: Service): Promise<{ root: string; named?: NamedContract; fault?: string }> {
  try {
    return { root, named: { name, contract: await readContractOf(root) } };
  } catch (error) {
    return { root, fault: errorMessage(error) };
  }
}

interface Known extends CheckOptions {
  readable: readonly NamedContract[];
  /** Faults of siblings that are not checked themselves: they may consume the events of a checked service. */
  unread: readonly string[];
}

async function check(result: CheckedService, own: NamedContract, known: Known): Promise<CheckedService> {
  const { root } = result;
  const faults: string[] = [...known.unread];
  const attempt = <Value>(reading: Promise<Value[]>): Promise<Value[]> =>
    reading.catch((error: unknown) => {
      faults.push(errorMessage(error));
      return [];
    });
  const states = known.against === undefined ? [] : await attempt(releasedContracts(root, known.against));
  const http = known.against === undefined ? [] : await attempt(httpFindings(root, known.against));
  const changes = await attempt(acceptedChanges(root));
  const others = known.readable.filter(({ name }) => name !== own.name);
  const released = compareWithHistory(states, own.contract).map((finding) => ({
    ...finding,
    consumers: consumersOf(finding, others),
  }));
  const unchecked = others.filter(({ name }) => known.services.every((service) => service.name !== name));
  const findings = [
    ...released,
    ...checkConsumer(own, known.readable),
    ...unchecked.flatMap((consumer) => checkConsumer(consumer, known.readable, own)),
    ...http,
  ];
  return {
    ...result,
    faults: [...new Set(faults)],
    findings: withAcceptances(findings, changes, known.today),
  };
}

/** A service without `openapi.json` in the base promised no HTTP operation. */
async function httpFindings(root: string, revision: string): Promise<ContractFinding[]> {
  const base = await releasedHttpContract(root, revision);
  return base ? compareHttpContracts(base, await readHttpContractOf(root)) : [];
}

function withAcceptances(
  findings: readonly ContractFinding[],
  changes: readonly AcceptedChange[],
  today: string,
): CheckedFinding[] {
  return findings.map((finding) => {
    const accepted = acceptanceOf(finding, changes);
    if (!accepted) return finding;
    if (!isExpired(accepted, today)) return { ...finding, accepted };
    return { ...finding, message: `${finding.message} (accepted until ${accepted.until}, which has passed)` };
  });
}

/** Reports whether a finding fails the check. */
export const isFailure = ({ severity, accepted }: CheckedFinding): boolean =>
  severity === 'error' && accepted === undefined;
