/** Tells the terminal. Nobody has to read it: without a listener, a closed pipe would end the process before it has stopped. */
export function print(line: string): void {
  if (process.stdout.listenerCount('error') === 0) process.stdout.on('error', () => {})
  process.stdout.write(`${line}\n`)
}
