import { numberPlace } from './numbered-request.mjs'

/** Words that hardly compress; another `seed` gives other words. */
function filler(length, seed) {
  let text = ''
  while (text.length < length) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    text += `${seed.toString(36)} `
  }
  return text.slice(0, length)
}

/** An object of the core group to create, named `item-` and a number. */
export function numberedObject(kind, more) {
  return JSON.stringify({
    apiVersion: 'v1',
    kind,
    metadata: { name: `item-${numberPlace}`, labels: { app: 'bench' } },
    ...more,
  })
}

/** A ConfigMap to create, `bytes` long, named `item-` and a number. */
export function configMap(bytes, seed = 1) {
  const object = (text) => numberedObject('ConfigMap', { data: { text } })
  return object(filler(bytes - object('').length, seed))
}

/** ConfigMaps whose texts differ, more of them than a compressor looks back over. */
export function differentConfigMaps(bytes) {
  return Array.from({ length: 40 }, (_, index) => configMap(bytes, index + 1))
}

/** What the raw server answers to everything: 1,024 bytes that begin as a ConfigMap does. */
export const oneKilobyteAnswer = JSON.stringify({
  kind: 'ConfigMap',
  apiVersion: 'v1',
  data: { text: filler(967, 1) },
})
