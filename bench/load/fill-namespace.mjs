import { makeNamespace } from '../servers/call.mjs'

/** Makes a namespace with `count` ConfigMaps from `bodies`; resolves to their path. */
export async function fillNamespace(server, { load, cleanup, bodies, count }) {
  const path = await makeNamespace(server, cleanup)
  await createObjects(server, { load, path, bodies, count, kind: 'ConfigMap' })
  return path
}

/** Creates `count` objects of a kind from `bodies` at a path. */
export async function createObjects(server, { load, path, bodies, count, kind }) {
  const { requests } = await load.run('requestRate', {
    target: server.target,
    method: 'POST',
    path,
    bodies,
    limit: count,
    seconds: 300,
    connections: 8,
    streams: 4,
    expect: `{"kind":"${kind}"`,
  })
  if (requests !== count) throw new Error(`only ${requests} of ${count} objects were made in time`)
}
