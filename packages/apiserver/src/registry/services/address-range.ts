import { formatIpAddress, parseIpAddress } from '@fairlead/apimachinery'
import type { IpFamily } from '@fairlead/api'
import { type NumberRange, reservedOf } from './number-range.ts'

/** A range of addresses for Services, such as `10.0.0.0/24`. */
export interface AddressRange extends NumberRange {
  readonly text: string
  readonly family: IpFamily
  /** The address of a number of the range. */
  addressAt(index: number): string
  contains(address: string): boolean
}

/** Numbers beyond this are not exact; nobody has as many Services. */
const countable = 2 ** 48

/**
 * Reads a range; undefined when it is none. The network's own address is not given out, of IPv4 ranges neither is the
 * last one, the broadcast address.
 */
export function parseAddressRange(text: string): AddressRange | undefined {
  const [address = '', prefix = ''] = text.split('/')
  const parsed = parseIpAddress(address)
  if (parsed === undefined || !/^\d{1,3}$/.test(prefix)) return undefined
  const family: IpFamily = parsed.version === 4 ? 'IPv4' : 'IPv6'
  const bits = (family === 'IPv4' ? 32 : 128) - Number(prefix)
  if (bits < 0) return undefined
  const block = 1n << BigInt(bits)
  const network = (valueOf(parsed.bytes) / block) * block
  const usable = block - (family === 'IPv4' ? 2n : 1n)
  const size = usable < 0n ? 0 : Math.min(Number(usable), countable)
  return {
    text,
    family,
    size,
    reserved: reservedOf(size, { step: 16, maximum: 256 }),
    addressAt: (index) => formatIpAddress(bytesOf(network + 1n + BigInt(index))),
    contains(candidate) {
      const bytes = parseIpAddress(candidate)?.bytes
      if (bytes === undefined) return false
      const offset = valueOf(bytes) - network
      return offset >= 1n && offset <= usable
    },
  }
}

function valueOf(bytes: readonly number[]): bigint {
  return bytes.reduce((value, byte) => value * 256n + BigInt(byte), 0n)
}

function bytesOf(value: bigint): readonly number[] {
  return Array.from({ length: 16 }, (_, index) => Number((value >> BigInt(8 * (15 - index))) & 0xffn))
}
