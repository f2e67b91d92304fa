// Opens a folder, says so and stays.
import { openLmdbStorage } from '@fairlead/storage-lmdb'

const storage = await openLmdbStorage({ folder: process.argv[2] })
process.stdout.write(`revision ${await storage.currentRevision()}\n`)
setInterval(() => undefined, 1000)
