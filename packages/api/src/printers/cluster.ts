import type { JsonValue, KubeObject } from '@fairlead/apimachinery'
import { at, isObject, listAt, numberAt, stringAt } from '../values/read.ts'
import { age, condition, listText, name, textOr } from './cells.ts'
import { ageColumn, cellPrinter, nameColumn, type PrinterTable, text } from './printer.ts'

/** Kinds that the servers themselves use: leases, flow control, APIServices, storage versions. */
export const clusterPrinters: PrinterTable = {
  'coordination.k8s.io/Lease': cellPrinter(
    [nameColumn, text('Holder', 'Who holds the lease.'), ageColumn],
    (lease, now) => [name(lease), stringAt(lease, 'spec', 'holderIdentity'), age(lease, now)],
  ),
  'coordination.k8s.io/LeaseCandidate': cellPrinter(
    [
      nameColumn,
      text('LeaseName', 'The lease that the candidate wants.'),
      text('BinaryVersion', 'The version of the candidate.'),
      text('EmulationVersion', 'The version that the candidate behaves like.'),
      ageColumn,
    ],
    (candidate, now) => [
      name(candidate),
      stringAt(candidate, 'spec', 'leaseName'),
      stringAt(candidate, 'spec', 'binaryVersion'),
      stringAt(candidate, 'spec', 'emulationVersion'),
      age(candidate, now),
    ],
  ),
  'flowcontrol.apiserver.k8s.io/FlowSchema': cellPrinter(
    [
      nameColumn,
      text('PriorityLevel', 'The priority level of matching requests.'),
      text('MatchingPrecedence', 'Schemas with lower numbers are tried first.'),
      text('DistinguisherMethod', 'How requests are told apart into flows.'),
      ageColumn,
      text('MissingPL', 'Whether the priority level is missing.'),
    ],
    (schema, now) => [
      name(schema),
      stringAt(schema, 'spec', 'priorityLevelConfiguration', 'name'),
      numberAt(schema, 'spec', 'matchingPrecedence') ?? 0,
      textOr('<none>', schema, 'spec', 'distinguisherMethod', 'type'),
      age(schema, now),
      condition(schema, 'Dangling')?.['status'] ?? '?',
    ],
  ),
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration': cellPrinter(
    [
      nameColumn,
      text('Type', 'Exempt or Limited.'),
      text('NominalConcurrencyShares', 'The share of the seats.'),
      text('Queues', 'The number of queues.'),
      text('HandSize', 'How many queues a flow may use.'),
      text('QueueLengthLimit', 'How many requests may wait in a queue.'),
      ageColumn,
    ],
    (level, now) => [name(level), stringAt(level, 'spec', 'type'), ...limitCells(level), age(level, now)],
  ),
  'apiregistration.k8s.io/APIService': cellPrinter(
    [
      nameColumn,
      text('Service', 'The service that serves the version, or Local.'),
      text('Available', 'Whether the version is served, and why not.'),
      ageColumn,
    ],
    (apiService, now) => [name(apiService), serviceText(apiService), availability(apiService), age(apiService, now)],
  ),
  'internal.apiserver.k8s.io/StorageVersion': cellPrinter(
    [
      nameColumn,
      text('CommonEncodingVersion', 'The version that all servers write.'),
      text('StorageVersions', 'The versions that the first servers write.'),
      ageColumn,
    ],
    (version, now) => [
      name(version),
      textOr('<unset>', version, 'status', 'commonEncodingVersion'),
      listText(listAt(version, 'status', 'storageVersions').map(serverVersion), 3, '<unset>'),
      age(version, now),
    ],
  ),
  'storagemigration.k8s.io/StorageVersionMigration': cellPrinter(
    [
      { ...nameColumn, format: '' },
      text('Resource', 'The resource that is migrated.'),
      text('Status', 'The state of the migration.'),
    ],
    (migration) => [name(migration), resourceText(migration), migrationStatus(migration)],
  ),
}

/** Numbers, or `<none>` for a level without limits or queues. */
function limitCells(level: KubeObject): readonly JsonValue[] {
  const none = '<none>'
  const limited = at(level, 'spec', 'limited')
  if (!isObject(limited)) return [none, none, none, none]
  const shares = numberAt(limited, 'nominalConcurrencyShares') ?? 0
  const queuing = at(limited, 'limitResponse', 'queuing')
  if (!isObject(queuing)) return [shares, none, none, none]
  const fields = ['queues', 'handSize', 'queueLengthLimit']
  return [shares, ...fields.map((field) => numberAt(queuing, field) ?? 0)]
}

function serviceText(apiService: KubeObject): string {
  const service = at(apiService, 'spec', 'service')
  return isObject(service) ? `${stringAt(service, 'namespace')}/${stringAt(service, 'name')}` : 'Local'
}

function availability(apiService: KubeObject): string {
  const available = condition(apiService, 'Available')
  if (available === undefined) return 'Unknown'
  const status = stringAt(available, 'status')
  const reason = stringAt(available, 'reason')
  return status === 'True' || reason === '' ? status : `${status} (${reason})`
}

function serverVersion(version: JsonValue): string {
  return `${stringAt(version, 'apiServerID')}=${stringAt(version, 'encodingVersion')}`
}

function resourceText(migration: KubeObject): string {
  const group = stringAt(migration, 'spec', 'resource', 'group')
  const resource = stringAt(migration, 'spec', 'resource', 'resource')
  return group === '' ? resource : `${resource}.${group}`
}

function migrationStatus(migration: KubeObject): string {
  const states = listAt(migration, 'status', 'conditions')
    .filter((entry) => stringAt(entry, 'status') === 'True')
    .map((entry) => stringAt(entry, 'type'))
  return states.findLast((state) => ['Running', 'Failed', 'Succeeded'].includes(state)) ?? 'Unknown'
}
