/** What Fairlead is meant to reach on two shared cores; to be looked at beside what is measured, asserted nowhere. */
export const budgets = {
  bootMilliseconds: 400,
  idleMegabytes: 110,
  getPerSecond: 6000,
  createPerSecond: 3000,
  listMilliseconds: 100,
  deliveriesPerSecond: 70_000,
  discoveryMilliseconds: 50,
  idleProcessorPercent: 1,
}
