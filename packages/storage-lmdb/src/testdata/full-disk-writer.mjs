// Writes until a commit fails, then prints what it saw as JSON. To be run with a limit on the size of files.
import { openLmdbStorage } from '@fairlead/storage-lmdb'

const storage = await openLmdbStorage({ folder: process.argv[2] })
const value = new Uint8Array(4000)
const put = (index) => storage.transaction([], [{ type: 'put', key: `/k/${String(index).padStart(6, '0')}`, value }])
const describe = async (promise) => {
  try {
    await promise
    return 'fulfilled'
  } catch (error) {
    return `${error.name}: ${error.message}`
  }
}

let answered = 0
let failure = 'fulfilled'
while (failure === 'fulfilled' && answered < 100_000) {
  failure = await describe(put(answered))
  if (failure === 'fulfilled') answered++
}
const report = {
  answered,
  failure,
  next: await describe(put(answered)),
  health: await describe(storage.health()),
  readable: (await storage.get('/k/000000')).item?.value.byteLength,
  close: await describe(storage.close()),
}
process.stdout.write(JSON.stringify(report))
