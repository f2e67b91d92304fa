// Preloaded into a server under test: tells its parent, when asked, how much memory is held after garbage collection.
process.on('message', async () => {
  // Finalizers of one collection release what the next one frees.
  for (let round = 0; round < 4; round += 1) {
    globalThis.gc()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage()
  process.send?.({ heapUsed, external, arrayBuffers, rss })
})
// The channel alone must not keep the server alive.
process.channel?.unref()
