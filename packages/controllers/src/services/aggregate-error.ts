/** One error out of several, worded as upstream words them: a single one plain, more as `[a, b]` without repetitions. */
export function aggregateError(errors: readonly Error[]): Error | undefined {
  if (errors.length <= 1) return errors[0]
  const messages = [...new Set(errors.map(({ message }) => message))]
  const message = messages.length > 1 ? `[${messages.join(', ')}]` : (messages[0] ?? '')
  return new Error(message, { cause: errors[0] })
}
