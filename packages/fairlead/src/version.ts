/** The version of this program and of the packages that projects made with it depend on. */
export const fairleadVersion = '0.1.0'
