import { connectHttp2 } from './http2-connection.mjs'
import { encodeRequest } from './http2-frames.mjs'
import { requestHeaders } from './target.mjs'

const newline = 0x0a
const deleted = Buffer.from('{"type":"DELETED"')
const metadataOnly = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1'

/**
 * Deletes the objects at `paths`, `concurrency` at a time, and resolves to the milliseconds until a watch of `collection`
 * from `resourceVersion` on has told that `expected` objects are gone.
 */
export async function deletions({ target, collection, resourceVersion, paths, concurrency, expected }) {
  const watching = await connectHttp2(target)
  const deleting = await connectHttp2(target)
  const started = performance.now()
  try {
    await Promise.all([
      gone(watching, { target, collection, resourceVersion, expected }),
      deleteAll(deleting, { target, paths, concurrency }),
    ])
  } finally {
    watching.close()
    deleting.close()
  }
  return { milliseconds: performance.now() - started }
}

function gone(connection, { target, collection, resourceVersion, expected }) {
  const path = `${collection}?watch=true&resourceVersion=${resourceVersion}`
  const watch = encodeRequest(requestHeaders(target, { method: 'GET', path, accept: metadataOnly }))
  let count = 0
  let rest = Buffer.alloc(0)
  return new Promise((resolve, reject) => {
    connection.send(watch, {
      data(bytes) {
        const text = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
        let start = 0
        for (let end = text.indexOf(newline); end !== -1; end = text.indexOf(newline, start)) {
          if (text.subarray(start, start + deleted.length).equals(deleted)) count += 1
          start = end + 1
        }
        rest = Buffer.from(text.subarray(start))
        if (count >= expected) resolve()
      },
      end: (error) => reject(error ?? new Error(`the watch ended after ${count} of ${expected} deletions`)),
    })
  })
}

function deleteAll(connection, { target, paths, concurrency }) {
  const left = paths.values()
  return Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (const path of left) await deleteOne(connection, target, path)
    }),
  )
}

function deleteOne(connection, target, path) {
  const request = encodeRequest(requestHeaders(target, { method: 'DELETE', path }))
  let first
  return new Promise((resolve, reject) => {
    connection.send(request, {
      data(bytes) {
        first ??= bytes
      },
      end(error) {
        const text = first?.toString('utf8', 0, 300) ?? ''
        if (error || text.includes('"status":"Failure"')) reject(error ?? new Error(`${path}: ${text}`))
        else resolve()
      },
    })
  })
}
