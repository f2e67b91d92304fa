import type { KubeObject } from '@fairlead/apimachinery'
import { readApiService } from '../api-service/api-service.ts'
import type { ObjectView } from './object-view.ts'
import { createRoute, type Route, type RouteOptions } from './route.ts'

/** A change of one route. A new one has no `before`, one that is gone no `after`. */
export interface RouteChange {
  readonly name: string
  readonly before?: Route
  readonly after?: Route
}

/** The routes of all APIServices, by the name of the APIService: `v1.apps`. */
export interface RouteTable {
  get(name: string): Route | undefined
  all(): Iterable<Route>
  /** Another value after every change. */
  readonly generation: number
  onChange(listener: (change: RouteChange) => void): void
  /** Lets go of every connection. */
  close(): void
}

/** A table that follows a view. Nothing in it waits for the network. */
export function createRouteTable(apiServices: ObjectView, options: RouteOptions): RouteTable {
  const routes = new Map<string, Route>()
  const listeners: ((change: RouteChange) => void)[] = []
  let generation = 0

  function put(object: KubeObject): void {
    const apiService = readApiService(object)
    const { name } = apiService
    const before = routes.get(name)
    const after = createRoute(apiService, before, options)
    routes.set(name, after)
    if (before?.backend !== after.backend) before?.backend?.renew()
    tell({ name, ...(before === undefined ? {} : { before }), after })
  }

  function remove(name: string): void {
    const before = routes.get(name)
    if (before === undefined) return
    routes.delete(name)
    before.backend?.renew()
    tell({ name, before })
  }

  function tell(change: RouteChange): void {
    generation += 1
    for (const listener of listeners) listener(change)
  }

  for (const object of apiServices.list()) put(object)
  apiServices.onChange(({ before, after }) => {
    if (after !== undefined) put(after)
    else if (before !== undefined) remove(before.metadata.name ?? '')
  })
  return {
    get: (name) => routes.get(name),
    all: () => routes.values(),
    get generation() {
      return generation
    },
    onChange(listener) {
      listeners.push(listener)
    },
    close() {
      for (const { backend } of routes.values()) backend?.destroy()
    },
  }
}
