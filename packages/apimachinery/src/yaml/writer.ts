import { escapeCharacter, scalarStyle } from './scalar-style.ts'

/** Lines are broken at the first space beyond this column. */
const foldColumn = 80

/** Collects YAML text and knows in which column it stands. */
export class YamlWriter {
  readonly #parts: string[] = []
  #column = 0
  #atLineStart = true

  /** Starts a line at `indent`, unless the text is at the start of one, and then writes the indentation. */
  startLine(indent: number): void {
    if (!this.#atLineStart) this.#parts.push('\n')
    this.#parts.push(' '.repeat(indent))
    this.#column = indent
    this.#atLineStart = false
  }

  /** Appends text without line breaks. */
  write(text: string): void {
    this.#parts.push(text)
    this.#column += text.length
    this.#atLineStart = false
  }

  /** Writes a string in the style that fits it; further lines of it stand at `indent`. */
  writeText(text: string, indent: number): void {
    switch (scalarStyle(text, false)) {
      case 'literal':
        this.#writeLiteral(text, indent)
        break
      case 'double':
        this.#writeDoubleQuoted(text, indent)
        break
      case 'single':
        this.write("'")
        this.#writeFolded(text.replaceAll("'", "''"), indent, true)
        this.write("'")
        break
      case 'plain':
        this.#writeFolded(text, indent, false)
    }
  }

  /** The whole text, with a line break at its end. */
  finish(): string {
    if (!this.#atLineStart) this.#parts.push('\n')
    return this.#parts.join('')
  }

  /** Breaks long lines at single spaces, but not within the quotes at either end. */
  #writeFolded(text: string, indent: number, quoted: boolean): void {
    if (this.#column + text.length <= foldColumn) return this.write(text)
    let start = 0
    for (let space = text.indexOf(' '); space >= 0; space = text.indexOf(' ', space + 1)) {
      if (text[space + 1] === ' ' || text[space - 1] === ' ') continue
      if (quoted && (space === 0 || space === text.length - 1)) continue
      if (this.#column + space - start <= foldColumn) continue
      this.write(text.slice(start, space))
      this.startLine(indent)
      start = space + 1
    }
    this.write(text.slice(start))
  }

  #writeDoubleQuoted(text: string, indent: number): void {
    this.write('"')
    let afterSpace = false
    const all = [...text]
    for (const [index, character] of all.entries()) {
      const isSpace = character === ' '
      const inside = index > 0 && index < all.length - 1
      if (isSpace && !afterSpace && inside && this.#column > foldColumn) {
        this.startLine(indent)
        if (all[index + 1] === ' ') this.write('\\')
      } else this.write(escapeCharacter(character))
      afterSpace = isSpace
    }
    this.write('"')
  }

  #writeLiteral(text: string, indent: number): void {
    const hint = /^[ \n]/.test(text) ? '2' : ''
    const chomp = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : ''
    this.write(`|${hint}${chomp}`)
    const lines = text.split('\n')
    const last = lines.pop() ?? ''
    for (const line of lines) this.#writeLiteralLine(line, indent)
    if (last !== '') this.#writeLiteralLine(last, indent)
    if (last === '') {
      this.#parts.push('\n')
      this.#atLineStart = true
    }
  }

  #writeLiteralLine(line: string, indent: number): void {
    if (line === '') this.#parts.push('\n')
    else {
      this.startLine(indent)
      this.write(line)
    }
  }
}
