const alphabet = 'bcdfghjklmnpqrstvwxz2456789'
const maxBaseLength = 58
const suffixLength = 5

/** A name made of a generateName: the first 58 characters of `base` and five random ones. `random` yields [0, 1). */
export function generateName(base: string, random: () => number = Math.random): string {
  let name = base.slice(0, maxBaseLength)
  for (let i = 0; i < suffixLength; i++) name += alphabet.charAt(Math.floor(random() * alphabet.length))
  return name
}
