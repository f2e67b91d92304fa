/**
 * What must be undone when the benchmarks end, however they end. `add(undo)` returns a function that undoes it early;
 * `run()` undoes the rest, last first, each once. A step that fails is told and does not keep the others from running.
 */
export function createCleanup() {
  const steps = []
  const runStep = async (step) => {
    const at = steps.indexOf(step)
    if (at === -1) return
    steps.splice(at, 1)
    await step()
  }
  return {
    add(undo) {
      const step = () => undo()
      steps.push(step)
      return () => runStep(step)
    },
    async run() {
      while (steps.length > 0) {
        await runStep(steps.at(-1)).catch((error) => console.error(`could not clean up: ${error.message}`))
      }
    },
  }
}
