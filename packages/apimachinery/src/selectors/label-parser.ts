import { badRequest } from '../errors/reasons.ts'
import { fieldErrorMessage } from '../field/format.ts'
import { invalidValue } from '../field/error.ts'
import { isQualifiedName } from '../validation/labels.ts'
import { type LabelToken, labelTokens } from './label-lexer.ts'
import { type LabelOperator, type LabelRequirement, requirementProblems } from './label-requirement.ts'
import { type LabelSelector, labelSelector } from './label-selector.ts'

/**
 * Reads a label selector such as `app=web,tier in (a, b),!legacy,gen>3`. The empty text selects everything.
 * Throws a BadRequest StatusError that tells what was found and what was expected.
 */
export function parseLabelSelector(selector: string): LabelSelector {
  return labelSelector(readSelector(new TokenReader(labelTokens(selector))))
}

/** Hands out tokens one by one. Behind the last one, the end, it hands out the end again. */
class TokenReader {
  readonly #tokens: readonly LabelToken[]
  #position = 0

  constructor(tokens: readonly LabelToken[]) {
    this.#tokens = tokens
  }

  peek(): LabelToken {
    return this.#tokens[this.#position] ?? { kind: 'end', text: '' }
  }

  next(): LabelToken {
    const token = this.peek()
    this.#position++
    return token
  }
}

function readSelector(reader: TokenReader): LabelRequirement[] {
  const requirements: LabelRequirement[] = []
  for (;;) {
    const first = reader.peek()
    if (first.kind === 'end') return requirements
    if (!startsRequirement(first)) {
      throw badRequest(`found '${first.text}', expected: !, identifier, or 'end of string'`)
    }
    requirements.push(readRequirement(reader))
    const separator = reader.next()
    if (separator.kind === 'end') return requirements
    if (!isSymbol(separator, ',')) throw badRequest(`found '${separator.text}', expected: ',' or 'end of string'`)
    const following = reader.peek()
    if (!startsRequirement(following)) {
      throw badRequest(`found '${following.text}', expected: identifier after ','`)
    }
  }
}

function startsRequirement(token: LabelToken): boolean {
  return token.kind === 'word' || isSymbol(token, '!')
}

function isSymbol(token: LabelToken, text: string): boolean {
  return token.kind === 'symbol' && token.text === text
}

function readRequirement(reader: TokenReader): LabelRequirement {
  const absent = isSymbol(reader.peek(), '!')
  if (absent) reader.next()
  const key = readKey(reader)
  if (absent) return checked({ key, operator: '!', values: [] })
  const following = reader.peek()
  if (following.kind === 'end' || isSymbol(following, ',')) return checked({ key, operator: 'exists', values: [] })
  const operator = readOperator(reader)
  const values = operator === 'in' || operator === 'notin' ? readValues(reader) : readValue(reader)
  return checked({ key, operator, values })
}

function readKey(reader: TokenReader): string {
  const token = reader.next()
  if (token.kind !== 'word') throw requirementError(`found '${token.text}', expected: identifier`)
  const problems = isQualifiedName(token.text)
  if (problems.length === 0) return token.text
  throw requirementError(fieldErrorMessage(invalidValue(undefined, token.text, problems.join('; '))))
}

const operators: ReadonlyMap<string, LabelOperator> = new Map<string, LabelOperator>([
  ['in', 'in'],
  ['notin', 'notin'],
  ['=', '='],
  ['==', '=='],
  ['!=', '!='],
  ['>', 'gt'],
  ['<', 'lt'],
])

function readOperator(reader: TokenReader): LabelOperator {
  const token = reader.next()
  const operator = operators.get(token.text)
  if (operator !== undefined) return operator
  throw requirementError(`found '${token.text}', expected: in, notin, =, ==, !=, gt, lt`)
}

function readValue(reader: TokenReader): string[] {
  const token = reader.peek()
  if (token.kind === 'end' || isSymbol(token, ',')) return ['']
  reader.next()
  if (token.kind === 'word') return [token.text]
  throw requirementError(`found '${token.text}', expected: identifier`)
}

function readValues(reader: TokenReader): string[] {
  const open = reader.next()
  if (!isSymbol(open, '(')) throw requirementError(`found '${open.text}' expected: '('`)
  const first = reader.peek()
  if (isSymbol(first, ')')) {
    reader.next()
    return ['']
  }
  if (first.kind !== 'word' && !isSymbol(first, ',')) {
    throw requirementError(`found '${first.text}', expected: ',', ')' or identifier`)
  }
  const values = readValueList(reader)
  reader.next()
  return [...values].sort()
}

/** Reads up to, and not including, the closing parenthesis. A comma with nothing beside it stands for an empty value. */
function readValueList(reader: TokenReader): Set<string> {
  const values = new Set<string>()
  for (;;) {
    const token = reader.next()
    const following = reader.peek()
    if (token.kind === 'word') {
      values.add(token.text)
      if (isSymbol(following, ')')) return values
      if (!isSymbol(following, ',')) throw requirementError(`found '${following.text}', expected: ',' or ')'`)
    } else if (isSymbol(token, ',')) {
      if (values.size === 0 || isSymbol(following, ',') || isSymbol(following, ')')) values.add('')
      if (isSymbol(following, ')')) return values
    } else {
      throw requirementError(`found '${token.text}', expected: ',', or identifier`)
    }
  }
}

function checked(requirement: LabelRequirement): LabelRequirement {
  const problems = requirementProblems(requirement)
  if (problems !== '') throw requirementError(problems)
  return requirement
}

function requirementError(detail: string): Error {
  return badRequest(`unable to parse requirement: ${detail}`)
}
