/**
 * Called between pieces of work, and awaited: resolves when other work has had its turn, or gives undefined when the
 * turn is not over yet.
 */
export type Pause = () => Promise<void> | undefined
