import type { TableColumns } from '@fairlead/openapi'
import { accessPrinters } from './access.ts'
import { admissionPrinters } from './admission.ts'
import { autoscalingPrinters } from './autoscaling.ts'
import { name } from './cells.ts'
import { clusterPrinters } from './cluster.ts'
import { corePrinters } from './core.ts'
import { eventPrinters } from './events.ts'
import { networkingPrinters } from './networking.ts'
import { nodePrinters } from './nodes.ts'
import { podPrinters } from './pods.ts'
import { cellPrinter, nameColumn, type PrinterTable, text } from './printer.ts'
import { schedulingPrinters } from './scheduling.ts'
import { storagePrinters } from './storage.ts'
import { workloadPrinters } from './workloads.ts'

const printers: PrinterTable = {
  ...accessPrinters,
  ...admissionPrinters,
  ...autoscalingPrinters,
  ...clusterPrinters,
  ...corePrinters,
  ...eventPrinters,
  ...networkingPrinters,
  ...nodePrinters,
  ...podPrinters,
  ...schedulingPrinters,
  ...storagePrinters,
  ...workloadPrinters,
}

/** Name and time of creation, for every kind without columns of its own. */
export const defaultColumns: TableColumns = cellPrinter(
  [nameColumn, { ...text('Created At', 'The time at which the object was created.'), type: 'date' }],
  (object) => [name(object), object.metadata.creationTimestamp ?? '0001-01-01T00:00:00Z'],
)

/** The columns of a kind in the order of the wide table; `group` is '' for the core group. */
export function tableColumns(group: string, kind: string): TableColumns {
  return printers[group === '' ? kind : `${group}/${kind}`] ?? defaultColumns
}
