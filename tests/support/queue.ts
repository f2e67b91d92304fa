/** Values that callbacks push and tests await, in order. */
export interface Queue<Value> {
  push(value: Value): void
  next(): Promise<Value>
  take(count: number): Promise<Value[]>
}

export function createQueue<Value>(): Queue<Value> {
  const values: Value[] = []
  const waiting: ((value: Value) => void)[] = []
  const next = () =>
    new Promise<Value>((resolve) => {
      if (values.length > 0) resolve(values.shift() as Value)
      else waiting.push(resolve)
    })
  return {
    push(value) {
      const waiter = waiting.shift()
      if (waiter) waiter(value)
      else values.push(value)
    },
    next,
    async take(count) {
      const taken: Value[] = []
      while (taken.length < count) taken.push(await next())
      return taken
    },
  }
}
