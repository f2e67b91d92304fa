import { describe } from 'vitest'
import { expiryCases } from './expiry-cases.ts'
import type { StorageUnderTest } from './harness.ts'
import { modelCases } from './model-cases.ts'
import { rangeCases } from './range-cases.ts'
import { restartCases } from './restart-cases.ts'
import { transactionCases } from './transaction-cases.ts'
import { watchCases } from './watch-cases.ts'

/** Declares the tests that every driver passes. To be called at the top level of a vitest file. */
export function storageConformance(driver: StorageUnderTest): void {
  describe(`storage contract: ${driver.name}`, () => {
    describe('transactions', () => transactionCases(driver))
    describe('reads', () => rangeCases(driver))
    describe('watches', () => watchCases(driver))
    describe('expiry', () => expiryCases(driver))
    if (driver.reopen !== undefined) describe('restart', () => restartCases(driver))
    describe('model', () => modelCases(driver))
  })
}
