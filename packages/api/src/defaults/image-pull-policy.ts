/*
 * The grammar of image references: [domain[:port]/]path[:tag][@digest]. What does not follow it has no tag, and is left
 * to validation.
 */

const component = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?'
const domain = `(?:${component}(?:\\.${component})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`
const pathComponent = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*'
const digestForm = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}'
const reference = new RegExp(
  `^(${domain}/${pathComponent}(?:/${pathComponent})*)(?::(\\w[\\w.-]{0,127}))?(?:@(${digestForm}))?$`,
)
const digest = /^(?:sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})$/
const imageId = /^[a-f0-9]{64}$/
const maxNameLength = 255

/** `Always` for images that may change under their name: those tagged `latest`, and those with neither tag nor digest. */
export function imagePullPolicy(image: string): 'Always' | 'IfNotPresent' {
  return tagOf(image) === 'latest' ? 'Always' : 'IfNotPresent'
}

/** Undefined when there is only a digest, or the reference is malformed. */
function tagOf(image: string): string | undefined {
  if (imageId.test(image)) return undefined
  const match = reference.exec(withDomain(image))
  if (match === null) return undefined
  const [, name = '', tag, digested] = match
  if (name.length > maxNameLength || (digested !== undefined && !digest.test(digested))) return undefined
  return tag ?? (digested === undefined ? 'latest' : undefined)
}

/** Short names get the domain that they stand for, whose images without a folder are those of `library`. */
function withDomain(image: string): string {
  const slash = image.indexOf('/')
  const first = slash < 0 ? '' : image.slice(0, slash)
  const isDomain = first === 'localhost' || /[.:]/.test(first) || first.toLowerCase() !== first
  if (isDomain && first !== 'index.docker.io' && first !== 'docker.io') return image
  const path = isDomain ? image.slice(slash + 1) : image
  return path.includes('/') ? `docker.io/${path}` : `docker.io/library/${path}`
}
