import type { WarningRecorder } from './warning-recorder.ts'

const totalLimit = 4096
const itemLimit = 256

/** A recorder that keeps each text once, in the order first seen. Empty texts are ignored. */
export function createWarningRecorder(): WarningRecorder {
  const texts: string[] = []
  return {
    texts,
    add(text) {
      if (text !== '' && !texts.includes(text)) texts.push(text)
    },
  }
}

/**
 * The values of the Warning headers for these texts, code 299 and no agent. Texts with control characters are dropped.
 * When all together have more than 4096 characters, each is cut to 256 and those after the 4096th are left out.
 */
export function warningHeaders(texts: readonly string[]): readonly string[] {
  if (texts.length === 0) return texts
  const items = texts.filter((text) => !hasControlCharacters(text)).map((text) => Array.from(text))
  const total = items.reduce((sum, item) => sum + item.length, 0)
  if (total <= totalLimit) return items.map((item) => warningHeader(item.join('')))
  const headers: string[] = []
  let written = 0
  for (const item of items) {
    if (written >= totalLimit) break
    const cut = item.slice(0, itemLimit)
    written += cut.length
    headers.push(warningHeader(cut.join('')))
  }
  return headers
}

/** Header bytes are UTF-8; Node takes them as a string with one character a byte. */
function warningHeader(text: string): string {
  return Buffer.from(`299 - "${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`, 'utf8').toString('latin1')
}

function hasControlCharacters(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- that is what it looks for
  return /[\u0000-\u001f\u007f]/.test(text)
}
