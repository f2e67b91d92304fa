import { describe, expect, test } from 'vitest'
import { detachedSignature } from './detached-signature.ts'

const header = 'eyJhbGciOiJIUzI1NiIsImtpZCI6Impvc2h1YSJ9'

describe('the signatures that upstream makes', () => {
  test.each([
    ['Hello from the other side. I must have called a thousand times.', 'VShe2taLd-YTrmWuRkcL_8QTNDHYxQIEBsAYYiIj1_8'],
    ['', '7Ui1ALizW4jXphVUB7xUqC9vLYLL9RZeOFfVLoB7Tgk'],
  ])('%j', async (content, signature) => {
    const token = { id: 'joshua', secret: 'my voice is my passcode' }
    expect(await detachedSignature(content, token)).toBe(`${header}..${signature}`)
  })
})
