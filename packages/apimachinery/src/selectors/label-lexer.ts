/** A piece of a label selector's text: a symbol, a word, or the end (an empty text). */
export interface LabelToken {
  readonly kind: 'symbol' | 'word' | 'end'
  readonly text: string
}

const symbolStart = '=!(),><'

/**
 * The tokens of a label selector; the last is always the end. Blanks separate tokens. A NUL ends the text where a token
 * could begin, and only the word where it stands in one.
 */
export function labelTokens(selector: string): LabelToken[] {
  const tokens: LabelToken[] = []
  let position = 0
  for (;;) {
    while (isBlank(selector[position])) position++
    const character = selector[position]
    if (character === undefined || character === '\0') return [...tokens, { kind: 'end', text: '' }]
    const text = symbolStart.includes(character) ? symbolAt(selector, position) : wordAt(selector, position)
    tokens.push({ kind: symbolStart.includes(character) ? 'symbol' : 'word', text })
    position += text.length
    if (selector[position] === '\0' && !symbolStart.includes(character)) position++
  }
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\r' || character === '\n'
}

function symbolAt(selector: string, position: number): string {
  const two = selector.slice(position, position + 2)
  return two === '==' || two === '!=' ? two : two.charAt(0)
}

function wordAt(selector: string, position: number): string {
  let end = position
  while (end < selector.length && !isWordEnd(selector.charAt(end))) end++
  return selector.slice(position, end)
}

function isWordEnd(character: string): boolean {
  return character === '\0' || isBlank(character) || symbolStart.includes(character)
}
