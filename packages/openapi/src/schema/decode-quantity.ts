import { type JsonValue, parseQuantity, QuantitySyntaxError } from '@fairlead/apimachinery'
import { TypeMismatchError } from './type-mismatch-error.ts'

/** Quantities that are canonical as they stand: too small for another suffix. */
const canonical = /^[1-9]\d{0,2}(?:m|k|M|G|T|Ki|Mi|Gi|Ti)?$/

/** The canonical form of a quantity, which may be a number in JSON. Throws `TypeMismatchError` with the parser's text. */
export function decodeQuantity(value: JsonValue): string {
  if (typeof value === 'string' && canonical.test(value)) return value
  try {
    return parseQuantity(quantityText(value)).toString()
  } catch (error) {
    if (error instanceof QuantitySyntaxError) throw new TypeMismatchError(error.message)
    throw error
  }
}

/** The characters that the parser sees; those of objects and lists are refused by it in any case. */
function quantityText(value: JsonValue): string {
  if (typeof value === 'string') return value.trim()
  return typeof value === 'object' ? '{' : String(value)
}
