import { type JsonObject, quote } from '@fairlead/apimachinery'
import { mergeInDocumentOrder } from './document-order.ts'

/** What happens to unknown and duplicate fields of a body. */
export type FieldValidation = 'Ignore' | 'Warn' | 'Strict'

/** A field that Strict refuses: the text of the error, and the warnings that Warn gives in its place. */
export interface StrictProblem {
  readonly text: string
  readonly warnings: readonly string[]
}

const mostProblems = 100

/**
 * The problems of a body in the order in which they are reported: JSON in document order; YAML all its duplicates as
 * one problem, then unknown fields as they come. A field that is unknown and stands twice counts as unknown. At most
 * 100, each once.
 */
export function strictProblems(
  object: JsonObject,
  unknownFields: readonly string[],
  { format, duplicates }: { readonly format: 'json' | 'yaml'; readonly duplicates: readonly string[] },
): readonly StrictProblem[] {
  if (unknownFields.length === 0 && duplicates.length === 0) return []
  const unknown = new Set(unknownFields)
  if (format === 'yaml') return [...yamlDuplicates(duplicates), ...limited([...unknown].map(unknownField))]
  const repeated = new Set(duplicates.filter((path) => !unknown.has(path)))
  const paths = mergeInDocumentOrder(object, [[...unknown], [...repeated]], mostProblems)
  return limited(paths.map((path) => (unknown.has(path) ? unknownField(path) : duplicateField(path))))
}

/** Problems as Strict reports them. */
export function strictErrorTexts(problems: readonly StrictProblem[]): string {
  return `strict decoding error: ${problems.map(({ text }) => text).join(', ')}`
}

/** Problems of a patch: its own texts, then unknown fields of its result in alphabetical order. */
export function patchProblems(own: readonly string[], unknownFields: readonly string[]): readonly StrictProblem[] {
  return [...limited(own), ...limited([...unknownFields].sort().map(unknownField))]
}

/** The text for a field that stands twice. */
export function duplicateField(path: string): string {
  return `duplicate field ${quote(path)}`
}

function unknownField(path: string): string {
  return `unknown field ${quote(path)}`
}

function yamlDuplicates(lines: readonly string[]): StrictProblem[] {
  if (lines.length === 0) return []
  return [{ text: `yaml: unmarshal errors:\n${lines.map((line) => `  ${line}`).join('\n')}`, warnings: lines }]
}

function limited(texts: readonly string[]): StrictProblem[] {
  return [...new Set(texts)].slice(0, mostProblems).map((text) => ({ text, warnings: [text] }))
}
