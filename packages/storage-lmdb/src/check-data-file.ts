import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'

/** The data file is not one, or has lost its end. */
export class StorageDamagedError extends Error {
  readonly file: string
  constructor(file: string, reason: string) {
    super(`the data file ${file} is damaged or not a data file of Fairlead: ${reason}`)
    this.name = 'StorageDamagedError'
    this.file = file
  }
}

/*
 * The engine maps the file and trusts it: a file that is something else ends the process with a segmentation fault. Its
 * first two pages each hold a description of the whole, at these offsets on machines with 64 bits.
 */
const metaBytes = 152
const magicOffset = 24
const magic = 0xbeefc0de
const pageSizeOffset = 48
const rootOffsets = [88, 136]
const smallestPage = 512
const largestPage = 65_536
/** Stands for a tree without pages. */
const noPage = 0xffff_ffff_ffff_ffffn

/**
 * Looks at the descriptions in a data file: both are there, and the roots of the trees lie within the file. An empty
 * file is a new one. It does not read the trees themselves. Throws `StorageDamagedError`.
 */
export async function checkDataFile(file: string): Promise<void> {
  if (process.arch === 'arm' || process.arch === 'ia32') return
  const handle = await open(file, 'r')
  try {
    const { size } = await handle.stat()
    if (size === 0) return
    const first = await readMeta(handle, file, 0)
    const pageSize = readU32(first, pageSizeOffset)
    if (pageSize < smallestPage || pageSize > largestPage) {
      throw new StorageDamagedError(file, `it claims pages of ${pageSize} bytes`)
    }
    for (const meta of [first, await readMeta(handle, file, pageSize)]) {
      for (const offset of rootOffsets) {
        const page = readU64(meta, offset)
        if (page !== noPage && (page + 1n) * BigInt(pageSize) > BigInt(size)) {
          throw new StorageDamagedError(file, `it ends after ${size} bytes, before page ${page}`)
        }
      }
    }
  } finally {
    await handle.close()
  }
}

async function readMeta(handle: FileHandle, file: string, position: number): Promise<DataView> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(metaBytes), 0, metaBytes, position)
  if (bytesRead < metaBytes) throw new StorageDamagedError(file, `it ends after ${position + bytesRead} bytes`)
  const meta = new DataView(buffer.buffer, buffer.byteOffset, metaBytes)
  if (readU32(meta, magicOffset) !== magic) throw new StorageDamagedError(file, 'it has no header')
  return meta
}

/* The file has the byte order of the machine, which is little-endian wherever the engine has binaries. */
function readU32(meta: DataView, offset: number): number {
  return meta.getUint32(offset, true)
}

function readU64(meta: DataView, offset: number): bigint {
  return meta.getBigUint64(offset, true)
}
