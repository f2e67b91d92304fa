/** Thousands of pods can fail for one reason, at every change of one of them. */
const told = 10

/**
 * One error out of several, worded as upstream words them: a single one plain, more as `[a, b]` without repetitions. Of many
 * the first ones are told, and how many there are.
 */
export function aggregateError(errors: readonly Error[]): Error | undefined {
  if (errors.length <= 1) return errors[0]
  const messages = [...new Set(errors.map(({ message }) => message))]
  const rest = messages.length > told ? [`and ${messages.length - told} more`] : []
  const list = [...messages.slice(0, told), ...rest]
  return new Error(list.length > 1 ? `[${list.join(', ')}]` : (list[0] ?? ''), { cause: errors[0] })
}
